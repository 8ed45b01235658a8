"""The plan of a fake fleet."""

from __future__ import annotations

from fleet.plan.plan import Money, Plan, plan_fleet
from fleet.plan.prices import read_prices
from tests.unit.fleets import fleet, settings, site


def plan(cell: str | None = None) -> Plan:
    sites = (site("blog"), site("shop", cell="west"), site("wiki", cell="west"))
    return plan_fleet(fleet(*sites), settings(), "us-east-1", read_prices(), cell)


def test_a_cell_costs_its_base_and_its_sites() -> None:
    """69.58 and 391.70 a plain site; 98.35 and 100.11 a base that has one (test_estimate)."""
    first, west = plan().cells
    assert first.cost == Money(167.93, 491.81)
    # The second site adds two and four tasks to the base: 1.17 + 0.45 and 2.33 + 0.90.
    assert west.base.at_min == 99.97
    assert west.cost.at_min == round(99.97 + 2 * 69.58, 2)


def test_the_fleet_costs_what_its_cells_do() -> None:
    found = plan()
    assert found.cost == Money.total(cell.cost for cell in found.cells)


def test_what_spot_saves() -> None:
    """A plain site costs 23.64 + 5.20 instead of 21.26 on demand, at the least."""
    assert plan("west").saved_by_spot.at_min == round(2 * (23.64 + 5.20 - 21.26), 2)


def test_one_cell_alone_beside_the_quotas_of_all() -> None:
    one = plan("west")
    assert [each.site.name for each in one.sites] == ["shop", "wiki"]
    assert [each.cell.stack for each in one.cells] == ["prod-west"]
    assert one.region_usages == plan().region_usages
    assert one.advice == plan().advice


def test_the_same_fleet_elsewhere() -> None:
    found = plan()
    by_place = {(each.region, each.architecture): each.cost for each in found.elsewhere}
    assert by_place["us-east-1", "arm64"] == found.cost
    assert by_place["us-east-1", "x86_64"].at_min > found.cost.at_min
    assert len(by_place) == 4


def test_an_empty_fleet_costs_nothing() -> None:
    found = plan_fleet(fleet(), settings(), "us-east-1", read_prices())
    assert found.cost == found.saved_by_spot == Money(0, 0)
