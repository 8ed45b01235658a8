"""The containers of a task, as plain data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from components.task import (
    CODE,
    EXEC_SCRATCH,
    SCRATCH,
    SITE_CONTENT,
    TaskFacts,
    canonical_url,
    container_definitions,
)
from fleet.fields.variables import variable_name
from fleet.site.model import Site

ROOT = Path(__file__).parents[2]
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:blog-AbCdEf"  # noqa: S105 - its name
MASTER = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster-1-AbCdEf"
FACTS = TaskFacts(
    image="agency/wordpress:6",
    fleet_image="wordpress:7",
    region="us-east-1",
    log_group="/wordpress/dev/blog",
    database_endpoint="blog.cluster-x.us-east-1.rds.amazonaws.com",
    master_secret_arn=MASTER,
    site_secret_arn=SECRET,
    network="{}",
    user=None,
    fleet_user="33:33",
)


def site(**fields: Any) -> Site:
    domains = ["blog.example.com", "www.blog.example.com", "*.blog.example.com"]
    return Site.model_validate({"name": "my-blog", "domains": domains, "title": "Blog", **fields})


def containers(environment: str = "dev", **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    _, init, wordpress = container_definitions(
        site(**fields), FACTS, environment=environment, scheme="https", pauses=False
    )
    return init, wordpress


def schema(**fields: Any) -> dict[str, Any]:
    return container_definitions(
        site(**fields), FACTS, environment="dev", scheme="https", pauses=False
    )[0]


def plain(container: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container["environment"]}


def secret(container: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["valueFrom"] for each in container["secrets"]}


def test_what_both_containers_are_told() -> None:
    init, wordpress = containers()
    expected = {
        "WORDPRESS_DB_HOST": "blog.cluster-x.us-east-1.rds.amazonaws.com:3306",
        "WORDPRESS_DB_NAME": "wp_my_blog",
        "WORDPRESS_DB_USER": "wp_my_blog",
        "WORDPRESS_TABLE_PREFIX": "wp_",
        "WP_HOME": "https://blog.example.com",
        "WP_ENVIRONMENT_TYPE": "development",
        "FLEET_SITE": "my-blog",
        "FLEET_DOMAINS": "blog.example.com,www.blog.example.com,*.blog.example.com",
        "FLEET_STORAGE_MODE": "content",
        "FLEET_PORT": "8080",
        "FLEET_CPU": "512",
        "FLEET_MEMORY": "1024",
        "FLEET_CRON_SECONDS": "900",
        "FLEET_CRON_SLOTS": "off",
    }
    assert plain(wordpress) == expected
    assert plain(init).items() >= expected.items()


def test_only_init_is_told_how_to_install() -> None:
    init, wordpress = containers(admin={"user": "editor", "email": "me@example.com"})
    assert {name: plain(init)[name] for name in plain(init).keys() - plain(wordpress).keys()} == {
        "FLEET_TITLE": "Blog",
        "FLEET_ADMIN_USER": "editor",
        "FLEET_ADMIN_EMAIL": "me@example.com",
    }
    assert {n: secret(init)[n] for n in secret(init).keys() - secret(wordpress).keys()} == {
        "FLEET_ADMIN_PASSWORD": f"{SECRET}:admin_password::",
    }


def test_what_sees_the_master_secret_is_the_fleets_image_and_given_nothing_of_the_sites() -> None:
    """Or an image of the site's own could read the password that opens every site's data."""
    parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/smtp"
    fields = {"env": {"LD_PRELOAD": "/x.so"}, "secrets": {"SMTP": parameter}, "user": "1000"}
    found = schema(**fields)
    assert (found["image"], found["user"]) == ("wordpress:7", "33:33")
    assert (found["essential"], found["command"]) == (False, ["fleet-schema"])
    assert found["mountPoints"] == []
    assert plain(found) == {
        "WORDPRESS_DB_HOST": "blog.cluster-x.us-east-1.rds.amazonaws.com:3306",
        "WORDPRESS_DB_NAME": "wp_my_blog",
        "WORDPRESS_DB_USER": "wp_my_blog",
    }
    assert secret(found) == {
        "WORDPRESS_DB_PASSWORD": f"{SECRET}:database_password::",
        "FLEET_DB_MASTER_USER": f"{MASTER}:username::",
        "FLEET_DB_MASTER_PASSWORD": f"{MASTER}:password::",
    }
    for container in containers(**fields):
        assert container["image"] == "agency/wordpress:6"
        assert MASTER not in str(container)


def test_keys_and_salts_are_references_to_the_sites_secret() -> None:
    found = secret(containers()[1])
    assert found["WORDPRESS_DB_PASSWORD"] == f"{SECRET}:database_password::"
    assert found["WORDPRESS_SECURE_AUTH_KEY"] == f"{SECRET}:secure_auth_key::"
    assert found["WORDPRESS_NONCE_SALT"] == f"{SECRET}:nonce_salt::"
    assert len(found) == 1 + 8


def test_wordpress_waits_for_init_and_has_time_to_stop() -> None:
    init, wordpress = containers(port=9000)
    assert (init["essential"], init["command"]) == (False, ["fleet-init"])
    assert init["dependsOn"] == [{"containerName": "schema", "condition": "SUCCESS"}]
    assert wordpress["essential"]
    assert "command" not in wordpress
    assert wordpress["dependsOn"] == [{"containerName": "init", "condition": "SUCCESS"}]
    assert wordpress["stopTimeout"] == 120
    assert wordpress["portMappings"] == [{"containerPort": 9000, "protocol": "tcp"}]


@pytest.mark.parametrize(
    ("mode", "path"),
    [
        ("content", "/var/www/html/wp-content"),
        ("uploads", "/var/www/html/wp-content/uploads"),
    ],
)
def test_what_may_be_written(mode: str, path: str) -> None:
    init, wordpress = (
        [(mount["sourceVolume"], mount["containerPath"]) for mount in container["mountPoints"]]
        for container in containers(storage={"mode": mode})
    )
    assert init == [("content", path), *SCRATCH.items()]
    code = [("content", SITE_CONTENT), *CODE.items()] if mode == "content" else []
    assert wordpress == [("content", path), *SCRATCH.items(), *EXEC_SCRATCH.items(), *code]


@pytest.mark.parametrize(
    ("environment", "type_"),
    [
        ("dev", "development"),
        ("development", "development"),
        ("stage", "staging"),
        ("staging", "staging"),
        ("local", "local"),
        ("prod", "production"),
        ("production", "production"),
        ("anything", "production"),
    ],
)
def test_the_environments_type(environment: str, type_: str) -> None:
    assert plain(containers(environment)[1])["WP_ENVIRONMENT_TYPE"] == type_


def test_a_sites_own_variables_and_secrets_are_in_both_containers() -> None:
    parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/smtp"
    for container in containers(env={"WP_MEMORY_LIMIT": "256M"}, secrets={"SMTP": parameter}):
        assert plain(container)["WP_MEMORY_LIMIT"] == "256M"
        assert secret(container)["SMTP"] == parameter


def test_names_that_a_task_is_given_are_refused_in_sites_yaml() -> None:
    """Or a site could take a name over, or ECS refuse one that is given twice."""
    for container in containers():
        for name in (*plain(container), *secret(container)):
            with pytest.raises(ValueError, match="sets itself"):
                variable_name(name)


def test_a_definition_is_the_same_each_time_whatever_the_order_of_the_file() -> None:
    one = containers(env={"A": "1", "B": "2"})
    other = containers(env={"B": "2", "A": "1"})
    assert one == other


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_first_domain_is_the_sites_address(scheme: str) -> None:
    assert canonical_url(site(), scheme) == f"{scheme}://blog.example.com"


def test_what_the_task_sets_is_refused_and_what_the_image_takes_is_not() -> None:
    set_by_the_fleet = {name for each in containers() for name in {**plain(each), **secret(each)}}
    for name in set_by_the_fleet:
        with pytest.raises(ValueError, match="the fleet sets itself"):
            variable_name(name)
    settings = re.findall(r"^\| `(FLEET_\w+)`", (ROOT / "docs/image.md").read_text(), re.MULTILINE)
    assert "FLEET_PAGE_CACHE" in settings
    for name in settings:
        assert variable_name(name) == name
