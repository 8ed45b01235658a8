"""Generated secrets: in Secrets Manager and encrypted state, and nowhere in clear text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from components.site.secrets import KEY_LENGTH
from components.task import KEYS_AND_SALTS
from tests.program.fleets import VARIED
from tests.program.recording import Recording

PASSWORD = "index:RandomPassword"  # noqa: S105 - a type


def generated(run: Recording) -> set[str]:
    """Every secret value, the eight keys and salts one by one."""
    values: set[str] = set()
    for password in run.of_type(PASSWORD):
        result = password.state["result"]
        parts = range(0, len(result), KEY_LENGTH)
        values |= {result, *(result[start : start + KEY_LENGTH] for start in parts)}
    return values


def places(run: Recording) -> Iterator[tuple[str, Any]]:
    """All that the engine keeps or shows in clear text, by where it stands."""
    for each in run:
        for name, value in each.inputs.items():
            if name not in each.secret_inputs:
                yield f"{each.urn} {name}", value
        yield f"{each.urn} outputs", each.outputs
    for name, value in run.exports.items():
        if name not in run.secret_exports:
            yield f"output {name}", value


def leaks(run: Recording) -> list[str]:
    secrets = generated(run)
    return [
        where
        for where, value in places(run)
        if any(secret in json.dumps(value) for secret in secrets)
    ]


def containers(run: Recording, site: str) -> Mapping[str, Mapping[str, Any]]:
    definitions = run.named("ecs:TaskDefinition", site).inputs["containerDefinitions"]
    return {container["name"]: container for container in json.loads(definitions)}


def test_no_generated_secret_stands_in_clear_text(varied: Recording) -> None:
    assert len(generated(varied)) == len(VARIED) * (3 + len(KEYS_AND_SALTS))
    assert leaks(varied) == []


def test_no_output_is_a_secret(varied: Recording) -> None:
    assert varied.secret_exports == set()


def test_a_leak_would_be_found(varied: Recording) -> None:
    value = varied.named(PASSWORD, "blog-keys").state["result"][:KEY_LENGTH]
    exported = replace(varied, exports={**varied.exports, "debug": {"salt": value}})
    assert leaks(exported) == ["output debug"]
    task = varied.named("ecs:TaskDefinition", "blog")
    exposed = replace(task, inputs={**task.inputs, "family": f"x{value}"})
    resources = {**varied.resources, task.urn: exposed}
    assert leaks(replace(varied, resources=resources)) == [f"{task.urn} family"]


def test_the_secrets_value_is_encrypted_in_the_state(varied: Recording) -> None:
    for version in varied.of_type("secretsmanager:SecretVersion"):
        assert "secretString" in version.secret_inputs


def test_one_secret_a_site_holds_all_of_its_own(varied: Recording) -> None:
    for site in VARIED:
        (version,) = varied.site(site).of_type("secretsmanager:SecretVersion")
        values = json.loads(version.inputs["secretString"])
        keys = {key.lower() for key in KEYS_AND_SALTS}
        assert values.keys() == {"database_password", "admin_password", *keys}
        assert all(len(values[key]) == KEY_LENGTH for key in keys)
        assert len(set(values.values())) == len(values)


def test_containers_get_secrets_by_reference_only(varied: Recording) -> None:
    wanted = {"WORDPRESS_DB_PASSWORD", *(f"WORDPRESS_{key}" for key in KEYS_AND_SALTS)}
    for site in VARIED:
        of_the_site = containers(varied, site)
        of_the_site.pop("schema")
        for container in of_the_site.values():
            secret = {each["name"]: each["valueFrom"] for each in container["secrets"]}
            plain = {each["name"] for each in container["environment"]}
            assert wanted <= secret.keys()
            assert not plain & secret.keys()
            assert all(value.startswith("arn:aws:") for value in secret.values())


def test_one_container_sees_the_master_password_and_another_the_first_admins(
    varied: Recording,
) -> None:
    masters = {
        cluster.state["masterUserSecrets"][0]["secretArn"]
        for cluster in varied.of_type("rds:Cluster")
    }
    for site in VARIED:
        both = containers(varied, site)
        of_init, of_wordpress = (
            {each["name"]: each["valueFrom"] for each in both[name]["secrets"]}
            for name in ("init", "wordpress")
        )
        assert of_init.keys() - of_wordpress.keys() == {"FLEET_ADMIN_PASSWORD"}
        seen = {name: sum(m in json.dumps(c) for m in masters) for name, c in both.items()}
        assert seen == {"schema": 1, "init": 0, "wordpress": 0}


def test_passwords_need_no_quoting_and_are_long(varied: Recording) -> None:
    for password in varied.of_type(PASSWORD):
        assert password.inputs["special"] is False
        assert password.inputs["length"] >= 32
