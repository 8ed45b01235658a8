"""Backups by the clock: when they come, what they cost, and what to think of before."""

from __future__ import annotations

from typing import Any

from fleet.plan.warnings import plan_warnings
from fleet.site.backup import GROUP, HOURS
from fleet.site.scheduled import schedule_resources, scheduled
from fleet.site.task_numbers import task_range
from tests.unit.fleets import settings, site
from tests.unit.test_estimate import rates

NIGHTLY = {"dumps": "nightly"}


def test_each_site_has_a_moment_of_the_night_that_stays() -> None:
    names = [f"site-{number}" for number in range(60)]
    first, again = (
        [one.expression for name in names for one in scheduled(site(name, backup=NIGHTLY))]
        for _ in range(2)
    )
    assert first == again
    assert len(set(first)) > 40
    hours = {int(each.split()[1]) for each in first}
    assert hours == set(range(*HOURS))


def test_what_is_started() -> None:
    (one,) = scheduled(site(backup={**NIGHTLY, "files": "never", "keep": {"days": 3}}))
    assert one.command == ("fleet-backup", "--only", "database", "--keep", "3,8,12")
    assert (one.spot, one.backup) == (False, True)
    assert scheduled(site(backup=NIGHTLY, state="paused")) == ()
    assert schedule_resources(site(backup=NIGHTLY)) == 5


def test_each_site_is_drilled_on_a_day_that_it_has() -> None:
    tried = {**NIGHTLY, "drill": "monthly"}
    found = [scheduled(site(f"site-{number}", backup=tried))[1] for number in range(60)]
    days = {int(one.expression.split()[2]) for one in found}
    assert days <= set(range(1, 29))
    assert len(days) > 15
    assert found[0].command[-2:] == ("--", "fleet-drill")
    # Each night tells how old the last good one is.
    assert scheduled(site(backup=tried))[0].command[-1] == "--drilled"
    assert found[0].preparing == {"schema": ("fleet-schema", "drill")}
    assert schedule_resources(site(backup=tried)) == 6
    assert scheduled(site(backup=tried, state="paused")) == ()


def test_what_backups_cost() -> None:
    def lines(**fields: Any) -> dict[str, tuple[float, float]]:
        here = site(**fields)
        found = GROUP.cost(here, *task_range(here), rates())
        return {line.item: (line.quantity_min, line.quantity_max) for line in found}

    assert lines() == {}
    # One GB of compressed tables each, 34 at the most, and 5 GB of files once.
    assert lines(backup=NIGHTLY) == {
        "Backups in S3": (6, 39),
        "Nightly backups, 5 min each": (0, 30.4),
    }
    assert lines(backup={**NIGHTLY, "files": "never"})["Backups in S3"] == (1, 34)
    assert lines(backup={**NIGHTLY, "drill": "monthly"})["A drill a month, 15 min"] == (1, 1)
    assert set(lines(backup=NIGHTLY, state="paused")) == {"Backups in S3"}


def test_production_without_backups_is_told() -> None:
    def told(environment: str = "prod", **fields: Any) -> list[str]:
        given = settings(environment=environment)
        found = plan_warnings([site(**fields)], given)
        return [each.message for each in found if each.path[0] == "backup"]

    (message,) = told()
    assert message.startswith("1 of 1 sites have no backup of their own")
    assert told("staging") == told(backup=NIGHTLY) == told(state="paused") == []
    (message,) = told(backup={**NIGHTLY, "files": "never"})
    assert message.startswith("dumps are without files")
