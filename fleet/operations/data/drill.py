"""Backups that are tried: loaded into a schema to be thrown away, looked at and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import boto3

from fleet.operations.data.archive import store_of
from fleet.operations.data.drilled import Drill, drills_of
from fleet.operations.data.place import Place, place_of
from fleet.operations.data.restore import nearest_backup, tidy_up
from fleet.operations.data.start import GROUP, tasks_of
from fleet.operations.data.steps import OnStep, run_steps
from fleet.operations.declared import Declared
from fleet.operations.live.account import told_in_words
from fleet.operations.problem import OperationError
from fleet.site.backup import DRILL_LATE_DAYS, DRILL_PREPARING, is_drilled
from fleet.site.own_task import SCHEDULED_GROUP

KIND = "drill"
OLD = timedelta(days=DRILL_LATE_DAYS)


def drill(
    declared: Declared, site: str, *, on_step: OnStep, session: boto3.Session | None = None
) -> Drill:
    """Tries the newest backup of the site, in a task of its own that can't reach the site's tables.

    Raises FleetError for an unknown site, OperationError: no backup, a drill under way, a backup of
    which no site comes.
    """
    store = store_of(declared, site, session)
    with told_in_words(store.target):
        archive, _ = nearest_backup(declared, store, site, datetime.now(UTC))
    _refuse_second(place_of(declared, site, session))
    tidy_up(declared, site, on_step, session)
    run_steps(
        declared,
        site,
        ["fleet-drill", archive.url],
        on_step=on_step,
        kind=KIND,
        preparing=DRILL_PREPARING,
        session=session,
    )
    return drills_of(store, site)[0]


def _refuse_second(place: Place) -> None:
    """Its first container would throw away what the first drill loads."""
    with told_in_words(place.target):
        tasks = tasks_of(place)
    if any(
        task.get("group") in (f"{GROUP}{KIND}", f"{SCHEDULED_GROUP}{KIND}")
        and task.get("lastStatus") != "STOPPED"
        for task in tasks
    ):
        raise OperationError(
            f"{place.site.name}: a drill is under way; {place.command()} shows how it goes"
        )


def last_drills(
    declared: Declared, site: str | None = None, *, session: boto3.Session | None = None
) -> dict[str, list[Drill]]:
    """Each site's drills, or one's. Raises FleetError for an unknown site, and as `store_of`."""
    sites = declared.sites if site is None else (declared.site(site),)
    stores = {
        cell: store_of(declared, name, session)
        for cell, name in {each.cell: each.name for each in sites}.items()
    }
    return {each.name: drills_of(stores[each.cell], each.name) for each in sites}


def failed_ones(found: Mapping[str, Sequence[Drill]]) -> list[str]:
    """The sites whose last drill failed."""
    return [name for name, drills in found.items() if drills and drills[0].problem is not None]


def overdue_ones(
    declared: Declared, found: Mapping[str, Sequence[Drill]], now: datetime | None = None
) -> list[str]:
    """The sites that the clock drills and whose last good drill is older than `OLD`, or missing."""
    begun_after = (now or datetime.now(UTC)) - OLD
    return [
        name
        for name, drills in found.items()
        if is_drilled(declared.site(name))
        and not any(each.problem is None and each.time > begun_after for each in drills)
    ]
