"""What programs in other languages meet: a schema that changes on purpose only, and plain words."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pulumi
import pytest
from pulumi.errors import InputPropertiesError
from pulumi.output import UNKNOWN

from fleet.settings.load import parse_settings
from fleet.sites_file.one_site import read_site
from plugin.provider import Given, example
from tests.program import plugin_schema
from tests.program.fleets import SMALL, site

WHAT_IT_WOULD_DO = """
Programs in other languages have these inputs and outputs, by these names. One that is gone, or an
input that is required now, breaks them. Changed on purpose: write the schema again with """


def test_the_schema_is_the_one_that_programs_know() -> None:
    known = json.loads(plugin_schema.FILE.read_text())
    assert plugin_schema.schema() == known, WHAT_IT_WOULD_DO + plugin_schema.COMMAND


def test_a_site_takes_no_more_than_a_base_and_its_words() -> None:
    resources = plugin_schema.schema()["resources"]
    assert resources["wordpress-fleet:index:SharedBase"]["requiredInputs"] == ["settings"]
    assert resources["wordpress-fleet:index:WordPressSite"]["requiredInputs"] == ["base", "site"]


def test_every_output_says_what_it_is() -> None:
    schema = plugin_schema.schema()
    for token, resource in schema["resources"].items():
        for name, output in resource["properties"].items():
            assert "description" in output or "$ref" in output, f"{token}: {name}"
    for token, type_ in schema["types"].items():
        assert type_["description"], token


SUBNETS = [("network", f"{tier}SubnetIds") for tier in ("public", "private", "isolated")]


def test_whole_numbers_are_integers_again() -> None:
    given = {"scaling": {"min": 2.0, "max": 4}, "database": {"min_acu": 0.5}, "list": [1.0, "1.0"]}
    plain = Given().plain(given, ("site",))
    assert json.dumps(plain) == json.dumps(
        {**given, "scaling": {"min": 2, "max": 4}, "list": [1, "1.0"]}
    )


def future(value: Any) -> asyncio.Future[Any]:
    made = asyncio.get_running_loop().create_future()
    made.set_result(value)
    return made


@pytest.mark.parametrize(
    ("value", "known", "taken"),
    [("a", True, "a"), (2.0, True, 2), (None, False, "256M"), (UNKNOWN, False, "256M")],
)
def test_an_output_is_taken_for_its_value(value: Any, known: bool, taken: Any) -> None:
    async def read() -> Any:
        output = pulumi.Output(set(), future(value), future(known))
        return Given().plain({"env": {"HOST": output}}, ("site",))

    assert asyncio.run(read()) == {"env": {"HOST": taken}}


@pytest.mark.parametrize("key", ["certificateArn", "image", "adminEmail", "domainSuffix", "tags"])
def test_a_setting_that_a_preview_does_not_know_is_taken_for_a_valid_one(key: str) -> None:
    values = {**SMALL, key: example(("settings", key))}
    parse_settings(values, environment="dev", source=None)


@pytest.mark.parametrize("zones", [2, 3])
def test_a_network_that_a_preview_does_not_know_is_taken_for_a_valid_one(zones: int) -> None:
    network: dict[str, Any] = {"vpcId": example(("settings", "network", "vpcId"))}
    for path in SUBNETS:
        each = [example(("settings", *path, index)) for index in range(zones)]
        for ids in (each, example(("settings", *path))):
            values = {**SMALL, "network": {**network, "publicSubnetIds": ids, path[1]: ids}}
            values["network"].setdefault("privateSubnetIds", ids)
            parse_settings(values, environment="dev", source=None)


@pytest.mark.parametrize(
    "path",
    [
        ("image",),
        ("env", "HOST"),
        ("secrets", "SMTP"),
        ("tags", "Team"),
        ("domains", 0),
        ("title",),
    ],
)
def test_a_field_that_a_preview_does_not_know_is_taken_for_a_valid_one(
    path: tuple[str | int, ...],
) -> None:
    *above, last = ("site", *path)
    value: Any = example(("site", *path))
    if above != ["site"]:
        path, value = (path[0],), [value] if isinstance(last, int) else {last: value}
    read_site(
        "blog",
        site("blog", **{str(path[0]): value}),
        parse_settings(SMALL, environment="dev", source=None),
    )


def test_what_has_no_field_cannot_wait() -> None:
    with pytest.raises(InputPropertiesError, match=r"site\.color: found a value that is not known"):
        example(("site", "color"))
