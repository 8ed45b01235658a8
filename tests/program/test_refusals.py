"""A bad file or setting ends the program with its lines, before the engine hears of anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from tests.program.fleets import PLAIN, SMALL, Programs, site

SETTINGS: dict[str, tuple[Mapping[str, Any], str]] = {
    "no certificate": ({"certificateArn": ""}, "certificateArn"),
    "plain http refused": ({"certificateArn": "", "allowHttp": False}, "certificateArn"),
    "unknown architecture": ({"architecture": "mips"}, "architecture"),
    "unknown nat": ({"network": {"natGateways": "some"}}, "network.natGateways"),
    "half a network": ({"network": {"vpcId": "vpc-0a1b2c3d4e5f60718"}}, "network"),
    "odd days": ({"logRetentionDays": 8}, "logRetentionDays"),
    "no number": ({"logRetentionDays": "a week"}, "logRetentionDays"),
    "bad capacity": ({"sharedDatabase": {"minAcu": 0.3, "maxAcu": 4}}, "sharedDatabase.minAcu"),
    "unknown key": ({"sharedDatbase": {"minAcu": 1}}, "sharedDatbase"),
    "missing file": ({"sitesFile": "no-such-sites.yaml"}, "no-such-sites.yaml"),
}


def lines_of(programs: Programs, sites: Mapping[str, Any], **settings: Any) -> list[str]:
    """What the program refuses with; nothing may have been registered by then.

    The language host prints a RunError's text, and any other exception with its traceback.
    """
    with pytest.raises(pulumi.RunError) as refused:
        programs.run(sites, settings)
    assert programs.registered == []
    return str(refused.value).splitlines()


@pytest.mark.parametrize(("settings", "path"), SETTINGS.values(), ids=SETTINGS)
def test_a_bad_setting(programs: Programs, settings: Mapping[str, Any], path: str) -> None:
    lines = lines_of(programs, PLAIN, **settings)
    assert any(path in line for line in lines)


def test_all_of_a_bad_file_at_once_with_line_and_column(programs: Programs) -> None:
    fleet = {
        "blog": site("blog", size={"cpu": 512, "memory": 512}),
        "shop": {"domains": ["blog.example.com"], "staet": "paused"},
        "docs": site("docs", database={"placement": "shared"}),
    }
    lines = lines_of(programs, fleet)
    file = programs.write(fleet)
    text = file.read_text().splitlines()
    for line, (path, word) in zip(
        lines,
        [
            ("sites.blog.size", "512"),
            ("sites.shop.domains", "blog.example.com"),
            ("sites.shop.staet", "staet"),
            ("sites.docs.database.placement", "shared"),
        ],
        strict=True,
    ):
        where, found = line.removeprefix(f"{file}:").split(": ", 1)
        row, column = map(int, where.split(":"))
        assert found.startswith(path)
        assert text[row - 1][column - 1 :].startswith(word) or word in text[row - 1]


def test_the_same_settings_without_a_fault_are_taken(programs: Programs) -> None:
    assert programs.run(PLAIN, SMALL).exports["sites"].keys() == {"blog"}
