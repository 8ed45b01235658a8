"""What the README says that a fleet costs is what `fleet plan` says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fleet.plan.estimate import Estimate
from fleet.plan.from_files import plan_file
from fleet.plan.plan import Money, Plan, plan_fleet
from fleet.plan.prices import read_prices
from tests.unit.fleets import fleet, settings, site

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (.+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
TOLD = {
    what: (int(least), int(most))
    for what, least, most in ROW.findall((ROOT / "README.md").read_text())
}


def rounded(money: Money | Estimate) -> tuple[int, int]:
    return round(money.at_min), round(money.at_max)


def told(beginning: str) -> tuple[int, int]:
    """The one row of the table that begins so."""
    [row] = (row for what, row in TOLD.items() if what.startswith(beginning))
    return row


@pytest.fixture(scope="module")
def plain() -> Plan:
    """A production environment with three sites by the defaults, and a paused one."""
    sites = (site("blog"), site("shop"), site("wiki"), site("old", state="paused"))
    return plan_fleet(fleet(*sites), settings(), "us-east-1", read_prices())


def test_the_sample_on_dev() -> None:
    plan = plan_file(ROOT / "sites.yaml", "dev").plan
    [cell] = plan.cells
    assert told("the sample on `dev`") == rounded(plan.cost)
    assert told("of that the shared base") == rounded(cell.base)


def test_production_by_the_defaults(plain: Plan) -> None:
    [cell] = plain.cells
    assert told("a production base") == rounded(cell.base)
    by_name = {each.site.name: each.estimate for each in plain.sites}
    assert told("a site by the defaults") == rounded(by_name["blog"])
    assert told("a paused site") == rounded(by_name["old"])


def test_every_row_is_looked_at() -> None:
    assert len(TOLD) == 5
