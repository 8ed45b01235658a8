"""Bad input: the container stops at once with a line that names the value."""

import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.site import StagedSite

EX_CONFIG = 78

REQUIRED = [
    "FLEET_SITE", "FLEET_DOMAINS", "FLEET_STORAGE_MODE", "WP_HOME", "WORDPRESS_DB_HOST",
    "WORDPRESS_DB_NAME", "WORDPRESS_DB_USER", "WORDPRESS_DB_PASSWORD", "WORDPRESS_AUTH_KEY",
    "WORDPRESS_NONCE_SALT",
]  # fmt: skip
MALFORMED = [
    ("FLEET_SITE", "Not A Site"),
    ("FLEET_DOMAINS", "*.example.com"),
    ("FLEET_DOMAINS", "a.example.com;return 200"),
    ("FLEET_DOMAINS", "a.example.com,b.example.com\nserver {}"),
    ("FLEET_STORAGE_MODE", "both"),
    ("WP_HOME", "blog.example.com"),
    ("WP_HOME", "https://else.example.com"),
    ("WP_HOME", "https://site.example.com/blog"),
    ("WORDPRESS_DB_HOST", "db.example.com:port"),
    ("WORDPRESS_DB_NAME", "blog`; DROP"),
    ("WORDPRESS_TABLE_PREFIX", "wp-"),
    ("WP_ENVIRONMENT_TYPE", "prod"),
    ("FLEET_PORT", "80"),
    ("FLEET_PORT", "8080 default_server"),
    ("FLEET_CPU", "half"),
    ("FLEET_MEMORY", "1GB"),
    ("FLEET_REQUEST_SECONDS", "0"),
    ("FLEET_DB_CONNECT_SECONDS", "60"),
    ("FLEET_DB_CA", "/nowhere.pem"),
    ("FLEET_UPLOAD_MEGABYTES", "-1"),
    ("FLEET_PAGE_CACHE", "yes"),
    ("FLEET_PAGE_CACHE_BYPASS_COOKIES", 'a" 0; }'),
    ("FLEET_TRUSTED_PROXIES", "anyone"),
    ("FLEET_XMLRPC", "1"),
]  # fmt: skip


@pytest.fixture(scope="module")
def site(shared_site: StagedSite) -> StagedSite:
    return shared_site


def assert_stops(
    site: StagedSite, name: str, value: str, container_name: str = "wordpress"
) -> None:
    container, _ = site.run(container_name, **{name: value})
    assert container.wait() == EX_CONFIG
    lines = container.output().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"fleet: {name} is ")


@pytest.mark.parametrize("name", REQUIRED)
def test_missing(site: StagedSite, name: str) -> None:
    assert_stops(site, name, "")


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_malformed(site: StagedSite, name: str, value: str) -> None:
    assert_stops(site, name, value)


@pytest.mark.parametrize(
    "name", ["FLEET_ADMIN_USER", "FLEET_ADMIN_PASSWORD", "FLEET_DB_MASTER_USER", "FLEET_TITLE"]
)
def test_init_needs_its_own(site: StagedSite, name: str) -> None:
    assert_stops(site, name, "", "init")


def test_every_problem_is_named_at_once(site: StagedSite) -> None:
    container, _ = site.run("wordpress", FLEET_PORT="x", FLEET_SITE="", WORDPRESS_DB_PASSWORD="")
    assert container.wait() == EX_CONFIG
    assert [line.split()[1] for line in container.output().splitlines()] == [
        "FLEET_SITE", "FLEET_PORT", "WORDPRESS_DB_PASSWORD",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cpu", "memory", "workers"),
    [(256, 512, 4), (512, 1024, 8), (1024, 2048, 16), (4096, 30720, 64), (1024, 256, 2)],
)
def test_workers_follow_the_size(make_site: MakeSite, cpu: int, memory: int, workers: int) -> None:
    site = make_site()
    container, scratch = site.run(
        "wordpress", ["fleet-configure"], FLEET_CPU=str(cpu), FLEET_MEMORY=str(memory)
    )
    assert container.wait() == 0
    assert f"pm.max_children = {workers}\n" in (scratch / "tmp/fleet/php-fpm.conf").read_text()
