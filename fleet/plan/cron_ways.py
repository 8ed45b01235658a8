"""What WordPress's events cost in a month in either of the ways in which they can be run.

The estimate's "at the least" lets a database with `min_acu: 0` sleep all month. Cron is the one
who is certain to wake it, so here is what that takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fleet.plan.lines import Rates
from fleet.site.cron import own_task_usd
from fleet.site.database import AWAKE_SECONDS, RESUME_SECONDS, pauses

if TYPE_CHECKING:
    from fleet.settings.model import Settings
    from fleet.site.model import Site

SECONDS_AN_HOUR = 3_600
# WordPress itself has an event each hour; without others that is how often serving tasks ask.
OWN_EVENTS_SECONDS = 3_600
# What Aurora takes at the least while it is awake.
LEAST_ACU = 0.5
# A schedule, and the role that starts it with its policy.
_OWN_RESOURCES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CronWay:
    """One way, in a month: how often it looks, and what that costs in USD.

    `awake`: hours that a database that pauses is awake for it alone; 0 for one that never pauses.
    """

    task: Literal["serving", "own"]
    chosen: bool
    runs: float
    tasks_usd: float
    awake: float
    acu_hours: float
    database_usd: float
    resources: int

    @property
    def usd(self) -> float:
        """Both together, in cents."""
        return round(self.tasks_usd + self.database_usd, 2)


def cron_ways(site: Site, settings: Settings, rates: Rates) -> tuple[CronWay, ...]:
    """Serving tasks, and tasks of their own; none for a site that runs no events.

    A database that sites of a cell share wakes for all of them at once: its hours are the cell's.
    """
    if site.state != "live" or site.cron.seconds is None:
        return ()
    return tuple(_ways(site, site.cron.seconds, settings, rates))


def _ways(site: Site, every: int, settings: Settings, rates: Rates) -> Iterator[CronWay]:
    month = rates.assumptions.hours * SECONDS_AN_HOUR
    # Its slots are asked only where something is due, which is each hour at the least.
    looks = {"serving": max(every, OWN_EVENTS_SECONDS), "own": every}
    for task in ("serving", "own"):
        runs = month / looks[task]
        awake = 0.0
        if pauses(site, settings.shared_database):
            stays = (site.database.pause_after or AWAKE_SECONDS) + RESUME_SECONDS
            awake = runs * min(stays, looks[task]) / SECONDS_AN_HOUR
        acu_hours = awake * LEAST_ACU
        yield CronWay(
            task=task,
            chosen=site.cron.task == task,
            runs=round(runs),
            tasks_usd=round(runs * own_task_usd(site, rates), 2) if task == "own" else 0,
            awake=round(awake),
            acu_hours=round(acu_hours),
            database_usd=round(acu_hours * rates.region.aurora.acu_hour, 2),
            resources=_OWN_RESOURCES if task == "own" else 0,
        )
