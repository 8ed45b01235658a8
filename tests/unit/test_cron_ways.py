"""What WordPress's events cost in either way, against sums by hand (us-east-1, ARM, 730 hours)."""

from __future__ import annotations

from typing import Any

from fleet.plan.cron_ways import CronWay, cron_ways
from tests.unit.fleets import settings, site
from tests.unit.test_estimate import rates


def ways(given: dict[str, Any] | None = None, **fields: Any) -> tuple[CronWay, CronWay]:
    serving, own = cron_ways(site(**fields), settings(**(given or {})), rates())
    return serving, own


def test_beside_a_database_that_is_awake_only_tasks_cost() -> None:
    """2,920 runs of 90 s, 0.25 vCPU and 1 GB on Spot: 73 h x 0.3 x (0.25 x 0.03238 + 0.00356)."""
    serving, own = ways()
    assert (serving.usd, own.usd) == (0, 0.26)
    assert (serving.chosen, own.chosen) == (True, False)
    assert (own.runs, own.acu_hours, own.resources) == (2920, 0, 3)


def test_a_database_that_pauses_is_awake_for_it() -> None:
    """Awake for 315 s a look at 0.5 ACU: WordPress's own events hourly, a task of its own always.

    730 x 315 / 3,600 x 0.5 = 32 ACU-hours, and four times as many; 0.12 USD each.
    """
    serving, own = ways(database={"min_acu": 0})
    assert (serving.acu_hours, serving.usd) == (32, 3.83)
    assert (own.acu_hours, own.usd) == (128, 15.33 + 0.26)
    shared = {"sharedDatabase": {"minAcu": 0, "maxAcu": 4}}
    assert ways(shared, database={"placement": "shared"})[1].acu_hours == 128


def test_one_that_is_asked_sooner_than_it_pauses_never_sleeps() -> None:
    """730 hours at 0.5 ACU: the 43.80 USD a month of a fixed timer."""
    _, own = ways(database={"min_acu": 0}, cron={"every": "5m", "task": "own"})
    assert (own.awake, own.database_usd, own.chosen) == (730, 43.80, True)


def test_a_site_that_runs_no_events() -> None:
    assert cron_ways(site(cron={"every": "never"}), settings(), rates()) == ()
    assert cron_ways(site(state="paused"), settings(), rates()) == ()
