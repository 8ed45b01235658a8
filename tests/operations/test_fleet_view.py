"""The end of `fleet up`: what runs, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fleet.cli.views.fleet import show_fleet
from fleet.operations.engine.outputs import read_outputs
from fleet.operations.run import CellResult
from fleet.operations.target import Target


def site(**values: Any) -> dict[str, Any]:
    """A site as the stack's output `sites` has it."""
    return {
        "url": "https://blog.example.com",
        "domains": ["blog.example.com"],
        "state": "live",
        "protected": True,
        "tasks": {"min": 2, "max": 4},
        "spot_share": 0.375,
        "database": {"placement": "shared"},
        **values,
    }


def last_lines(capsys: pytest.CaptureFixture[str], **sites: Any) -> list[str]:
    target = Target(folder=Path("/fleet"), environment="prod", cell="eu1")
    outputs = read_outputs({"sites": sites, "load_balancer": {"dns_name": "lb.example.net"}})
    show_fleet(CellResult(target=target, outcome="succeeded", outputs=outputs))
    return capsys.readouterr().out.splitlines()[-3:]


def test_next_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert last_lines(capsys, blog=site(protected=False)) == [
        "Point the domains of the sites at lb.example.net.",
        "Change sites.yaml, see what that does: fleet preview --env prod --cell eu1; "
        "do it: fleet up --env prod --cell eu1",
        "Leave again: fleet destroy --env prod --cell eu1",
    ]


def test_protected_data_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    """As soon as one site has some, `fleet destroy` would be refused."""
    *_, leave = last_lines(capsys, blog=site(), old=site(state="retired", protected=False))
    assert leave == (
        "Leave again: protectData: false in Pulumi.prod.yaml, then fleet up, then "
        "fleet destroy --env prod --cell eu1"
    )
