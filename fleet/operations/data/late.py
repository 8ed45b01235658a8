"""Backups that the clock should have made and that didn't come, by one or two calls a site.

Few enough for `fleet status`, which asks each time; `fleet backups` tells all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

import boto3

from fleet.operations.data.archive import Store, stack_store
from fleet.operations.data.backups import (
    ids_and_checked,
    is_late,
    read_backup,
    schedules_made,
)
from fleet.operations.declared import Declared
from fleet.operations.live.account import told_in_words
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.site.backup import is_backed_up


@dataclass(frozen=True, slots=True)
class LateBackup:
    """A site whose last night brought none; `last` is when the last one came, None for never."""

    site: str
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Nights:
    """How the backups of a stack are; `problem`: why nobody can tell."""

    late: tuple[LateBackup, ...] = ()
    problem: str | None = None


NO_NIGHTS = Nights()


def nights(
    declared: Declared,
    target: Target,
    wanted: Iterable[str],
    session: boto3.Session,
    now: datetime,
    pool: Executor,
) -> Nights:
    """Those of a stack's sites that the clock backs up; of the `wanted` alone, if there are any."""
    only = set(wanted)
    sites = [
        site.name
        for site in declared.sites
        if site.cell == target.cell and is_backed_up(site) and (not only or site.name in only)
    ]
    if not sites or target.simulated:
        return NO_NIGHTS
    try:
        store = stack_store(declared, target, session)
        with told_in_words(target):
            found = pool.map(lambda site: LateBackup(site, _last(store, site, now)), sites)
            late = [each for each in found if is_late(each.last, None, now)]
            made = schedules_made([target], session) if late else {}
            late = [each for each in late if is_late(each.last, made.get(each.site), now)]
    except OperationError as error:
        return Nights(problem=str(error))
    return Nights(tuple(late))


def _last(store: Store, site: str, now: datetime) -> datetime | None:
    """When the last one came, or a later night found nothing new."""
    ids, checked = ids_and_checked(store, site)
    if checked is not None and not is_late(checked, None, now):
        return checked
    # An export looks alike but for its manifest.
    found = (read_backup(store, site, id_) for id_ in sorted(ids, reverse=True))
    newest = next(filter(None, found), None)
    return max(filter(None, (newest.time, checked))) if newest else None
