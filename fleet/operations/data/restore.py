"""A site as it was: the newest backup before a moment in the place of what is there.

plan = plan_restore(declared, "shop", moment("2026-11-20 14:00Z"))
restore_site(declared, plan, on_step=print)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from fleet.fields.moments import moment, written
from fleet.operations.data.archive import Archive, Manifest, Store, begun_at, store_of
from fleet.operations.data.backups import Backup, backup_ids, backup_of
from fleet.operations.data.begun import going_on
from fleet.operations.data.clone import check_target, copy_archive
from fleet.operations.data.drilled import tables_speed
from fleet.operations.data.dump import Part, load_site
from fleet.operations.data.portion import ALL, Portion
from fleet.operations.data.steps import BAD_DUMP, MEMORY, OnStep, Step, StepsFailedError
from fleet.operations.data.temporary import remove_abandoned
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.problem import OperationError
from fleet.plan.prices import read_prices
from fleet.plan.task_cost import run_usd
from fleet.wording import quoted

# Bytes a second, on the careful side, and seconds of a start: an estimate, not a promise.
_TABLES, _FILES, _START = 1_000_000, 20_000_000, 120
_SHOWN = "%Y-%m-%d %H:%M UTC"


class BadBackupError(StepsFailedError):
    """A backup that no site comes of. `older`: when the next older one that is whole was made."""

    def __init__(self, why: str, older: datetime | None, status: int | None = None) -> None:
        offered = "there is no older backup"
        if older is not None:
            offered = f"the next older backup, of {written(older)}, is whole"
        super().__init__(f"{why}; {offered}", status)
        self.older = older


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePlan:
    """What would be done. `seconds` and `usd` are estimates; `usd` None in a region without prices.

    What the site was told after `backup.time` is what is lost. `to` is the site that becomes so.
    """

    site: str
    to: str
    at: datetime
    now: datetime
    backup: Backup
    archive: Archive
    only: Portion
    files: int | None
    """Bytes of the files that come back; None where none do."""
    seconds: float
    measured: bool
    """Whether its tables are reckoned with the speed of the site's last good drill."""
    usd: float | None


def plan_restore(
    declared: Declared,
    site: str,
    at: datetime,
    *,
    only: Portion = ALL,
    to: str | None = None,
    store: Store | None = None,
    overwrite_production: bool = False,
    now: datetime | None = None,
    session: boto3.Session | None = None,
) -> RestorePlan:
    """Finds the newest backup at or before `at`; writes nothing. `store`: where, if not in its own.

    Raises FleetError for an unknown site, OperationError: a moment that is yet to come, or before
    the oldest backup; a backup without one of the paths; a target that isn't live, or is in
    production without `overwrite_production`; BadBackupError: a backup that is damaged.
    """
    now = now or datetime.now(UTC)
    _check(declared, site, to or site, at, now, overwrite_production)
    store = store or store_of(declared, site, session)
    with told_in_words(store.target):
        archive, manifest = nearest_backup(declared, store, site, at, only)
        files = only.bytes(archive, manifest)
        speed = None if only.part == "files" else tables_speed(store, site)
    seconds = _seconds(manifest, only, files, speed)
    return RestorePlan(
        site=site,
        to=to or site,
        at=at,
        now=now,
        backup=backup_of(manifest),
        archive=archive,
        only=only,
        files=files,
        seconds=seconds,
        measured=speed is not None,
        usd=_usd(declared, store, seconds),
    )


def _check(
    declared: Declared, site: str, to: str, at: datetime, now: datetime, overwrite: bool
) -> None:
    declared.site(site)
    check_target(declared, to, overwrite_production=overwrite)
    if at > now:
        raise OperationError(f"--at {at:{_SHOWN}} is yet to come; it is {now:{_SHOWN}}")


def restore_site(
    declared: Declared,
    plan: RestorePlan,
    *,
    on_step: OnStep,
    smoke: bool = True,
    session: boto3.Session | None = None,
) -> None:
    """Does it: never half, and `fleet undo` goes back for seven days. Called again it goes on.

    `smoke`: as `load_site`. Raises OperationError as that; of a bad backup BadBackupError.
    """
    tidy_up(declared, plan.site, on_step, session)
    archive, options = plan.archive, plan.only.options
    store = store_of(declared, plan.to, session)
    words = ["restore", plan.site, archive.id, *options]
    with going_on(store, plan.to, words, archive, on_step) as begun:
        if (archive.store.bucket, archive.site) != (store.bucket, plan.to):
            archive = copy_archive(
                archive, store, plan.to, on_step, files=plan.only.part != "database"
            )
        more: Any = {"smoke": smoke, "begun": begun, "session": session}
        try:
            load_site(declared, archive, on_step=on_step, options=options, **more)
        except StepsFailedError as error:
            if error.status != BAD_DUMP:
                raise
            raise BadBackupError(str(error), _instead(plan), BAD_DUMP) from None


def tidy_up(declared: Declared, site: str, on_step: OnStep, session: boto3.Session | None) -> None:
    """Takes away the temporary clusters that a killed `restore --exact` of the site left."""
    target = declared.home(declared.site(site))
    rds = (session or open_session(target)).client("rds", config=CONFIG)
    with told_in_words(target):
        for name in remove_abandoned(rds, target, site, datetime.now(UTC)):
            note = f"{name}, which a restore left behind, is removed"
            on_step(Step(site=site, step="tidy", state="note", note=note))


def nearest_backup(
    declared: Declared, store: Store, site: str, at: datetime, only: Portion = ALL
) -> tuple[Archive, Manifest]:
    """The newest whole backup at or before a moment, with what is in it.

    By the ids, which begin with their time, so that few manifests are read. Raises OperationError:
    there is none; BadBackupError: the newest is damaged.
    """
    ids = sorted(backup_ids(store, site), reverse=True)
    damaged: str | None = None
    for archive, found in _looked_at(store, site, ids, at, only):
        if isinstance(found, str):
            damaged = damaged or found
        elif damaged is None:
            return archive, found
        else:
            raise BadBackupError(damaged, begun_at(archive.id))
    if damaged is not None:
        raise BadBackupError(damaged, None)
    raise OperationError(_none(declared, site, at, ids))


def _looked_at(
    store: Store, site: str, ids: Sequence[str], at: datetime, only: Portion
) -> Iterator[tuple[Archive, Manifest | str]]:
    """Finished backups at or before a moment, each with what is in it, or what is wrong with it."""
    for archive in (Archive(store, site, id_) for id_ in ids if begun_at(id_) <= at):
        try:
            manifest = archive.manifest()
        except OperationError as error:
            if "no finished archive" not in str(error):
                yield archive, str(error)
            continue
        if manifest.keep is None or only.lacks(manifest):
            continue
        yield archive, damage(archive, manifest, only.part) or manifest


def _instead(plan: RestorePlan) -> datetime | None:
    """When the next older whole backup than the one that a load refused was made."""
    store, site = plan.archive.store, plan.site
    before = begun_at(plan.archive.id) - timedelta(seconds=1)
    with told_in_words(store.target):
        ids = sorted(backup_ids(store, site), reverse=True)
        for archive, found in _looked_at(store, site, ids, before, plan.only):
            if isinstance(found, Manifest):
                return begun_at(archive.id)
    return None


def damage(archive: Archive, manifest: Manifest, only: Part | None = None) -> str | None:
    """What is wrong with a backup, as far as its parts' sizes say; the load checks each hash."""
    if manifest.site != archive.site:
        return f"{archive.url} is a backup of {manifest.site}, not of {archive.site}"
    for name in ("database", "files"):
        part = getattr(manifest, name)
        if part is None or only not in (None, name):
            continue
        there = _size(archive, part.name)
        if there != part.bytes:
            state = "is gone" if there is None else f"has {there:,} bytes of {part.bytes:,}"
            return f"{part.name} of {archive.url} {state}"
    return None


def _size(archive: Archive, name: str) -> int | None:
    store = archive.store
    try:
        found = store.s3.head_object(Bucket=store.bucket, Key=archive.key(name), **store.owner)
    except store.s3.exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey", "NotFound"):
            return None
        raise
    return found["ContentLength"]


def _none(declared: Declared, site: str, at: datetime, ids: list[str]) -> str:
    env = declared.target.environment
    if not ids:
        return f"{site} has no backup; fleet backup --env {env} {site} makes one"
    oldest = begun_at(ids[-1])
    return (
        f"--at {at:{_SHOWN}} is before the oldest backup of {site}, of {oldest:{_SHOWN}}; "
        f"fleet backups --env {env} {site} lists them"
    )


def _seconds(manifest: Manifest, only: Portion, files: int | None, speed: float | None) -> float:
    database = manifest.database if only.part != "files" else None
    tables = (database.sql_bytes or 10 * database.bytes) / (speed or _TABLES) if database else 0.0
    return _START + tables + (files or 0) / _FILES


def _usd(declared: Declared, store: Store, seconds: float) -> float | None:
    prices = read_prices().regions.get(store.s3.meta.region_name)
    if prices is None:
        return None
    size: Any = {"cpu": 1_024, "memory": MEMORY, "seconds": seconds, "spot": False}
    return run_usd(prices.fargate, declared.settings.architecture, **size)


def time_at(text: str) -> datetime:
    """What `--at` says. Raises OperationError."""
    return time_of("--at", text)


def time_of(option: str, text: str) -> datetime:
    """The moment that an option says. Raises OperationError."""
    try:
        return moment(text)
    except ValueError as error:
        raise OperationError(f"{option}: found {quoted(text)}, {error}") from None
