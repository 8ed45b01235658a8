"""The backups of sites: which there are, what they cost, and whose didn't come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import boto3

from fleet.operations.data.archive import ID, Archive, Manifest, Store, store_of
from fleet.operations.data.missed import schedules_of
from fleet.operations.data.steps import OnStep, run_steps
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.live.databases import list_clusters
from fleet.operations.live.temporary import TemporaryCluster, temporary_clusters
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.plan.prices import read_prices
from fleet.site.backup import SCHEDULE, dump_options, is_backed_up, prune_options
from fleet.site.model import Site
from fleet.site.scheduled import schedule_name

# A night, and the hours that a start may be tried again, that another verb may hold the lock, and
# that a large dump may take.
LATE = timedelta(hours=30)
# Written by the image on a night on which there was nothing to dump.
CHECKED = "checked"
SITES_AT_A_TIME = 8
_GB = 2**30

State = Literal["fresh", "new", "late", "by hand", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One finished backup. Sizes are bytes: of its tables, compressed, and of its files."""

    id: str
    time: datetime
    database: int | None
    files: int | None
    wordpress: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteBackups:
    """The backups of a site, the latest first, and `stored` bytes of all that it has in the bucket.

    `usd` a month for them; None in a region without prices. `checked`: the last night on which
    nothing had changed. `state`: `late` where the clock should have dumped it and didn't, `new`
    where its first night has yet to come, `by hand` where the clock doesn't dump it, `removed`
    where sites.yaml has no such site.
    """

    site: str
    backups: tuple[Backup, ...]
    checked: datetime | None
    stored: int
    usd: float | None
    state: State

    @property
    def as_of(self) -> datetime | None:
        """The moment that the site can go back to, at least: since then nothing changed, or the
        last dump began."""
        times = [
            *(each.time for each in self.backups[:1]),
            *([self.checked] if self.checked else []),
        ]
        return max(times, default=None) if self.backups else None


def back_up(
    declared: Declared, site: str, *, on_step: OnStep, session: boto3.Session | None = None
) -> Archive:
    """Makes a backup of the site now, by a task of its own, whatever its schedule says.

    Raises FleetError for an unknown site, OperationError as `run_steps`.
    """
    found, archive = declared.site(site), store_of(declared, site, session).archive(site)
    words = ["fleet-dump", archive.url, *dump_options(found), *prune_options(found)]
    run_steps(declared, site, words, on_step=on_step, session=session)
    return archive


def backups_of(
    declared: Declared,
    site: str | None = None,
    *,
    now: datetime | None = None,
    session: boto3.Session | None = None,
) -> list[SiteBackups]:
    """Those of each site, removed ones included, or of one. Reads only.

    Raises FleetError for an unknown site, OperationError for the simulated environment, a stack
    without the bucket, a call that AWS refuses.
    """
    sites = declared.sites if site is None else (declared.site(site),)
    stores = {each.cell: each.name for each in sites}
    found = {cell: store_of(declared, name, session) for cell, name in stores.items()}
    now = now or datetime.now(UTC)
    with told_in_words(declared.target), ThreadPoolExecutor(SITES_AT_A_TIME) as pool:
        wanted: list[tuple[Store, str, Site | None]]
        wanted = [(found[each.cell], each.name, each) for each in sites]
        if site is None:
            wanted += removed_sites(found.values(), {each.name for each in sites})
        listed = list(pool.map(lambda each: _site(*each), wanted))
    clocked = {each.name for each in sites if is_backed_up(each)}
    made = schedules_made([store.target for store in found.values()], session) if clocked else {}
    return [
        replace(each, state=_state(each.as_of, made.get(each.site), now))
        if each.site in clocked
        else each
        for each in listed
    ]


def removed_sites(stores: Iterable[Store], names: set[str]) -> list[tuple[Store, str, Site | None]]:
    """What is in the buckets of sites that the file doesn't have."""
    return [
        (store, name, None) for store in stores for name in _folders(store, "") if name not in names
    ]


def schedules_made(
    targets: Iterable[Target], session: boto3.Session | None = None
) -> dict[str, datetime]:
    """Since when the clock backs up each site of these stacks; none for one without a schedule."""
    targets = list(targets)
    found = schedules_of(targets, session or open_session(targets[0]))
    mark = schedule_name("", SCHEDULE)
    return {name.removesuffix(mark): at for name, at in found.items() if name.endswith(mark)}


def _site(store: Store, name: str, site: Site | None) -> SiteBackups:
    backups, checked, stored = _backups(store, name), None, 0
    for page in _pages(store, Prefix=f"{name}/"):
        for each in page.get("Contents", []):
            stored += each["Size"]
            if each["Key"] == f"{name}/{CHECKED}":
                checked = each["LastModified"]
    return SiteBackups(
        site=name,
        backups=tuple(sorted(backups, key=lambda each: each.time, reverse=True)),
        checked=checked,
        stored=stored,
        usd=_usd(store, stored),
        state="removed" if site is None else "by hand",
    )


def _state(as_of: datetime | None, made: datetime | None, now: datetime) -> State:
    """Of a site that the clock backs up."""
    if is_late(as_of, made, now):
        return "late"
    return "fresh" if as_of else "new"


def is_late(as_of: datetime | None, made: datetime | None, now: datetime) -> bool:
    """Whether a night went by without a backup.

    `as_of`: as that of SiteBackups; `made`: when its schedule was, or None. A site that is new, or
    live again after months, owes none before its first night.
    """
    known = [time for time in (as_of, made) if time is not None]
    return not known or now - max(known) > LATE


def _backups(store: Store, site: str) -> list[Backup]:
    return [backup for id_ in backup_ids(store, site) if (backup := read_backup(store, site, id_))]


def backup_ids(store: Store, site: str) -> list[str]:
    """What may be backups of a site: their ids begin with their times."""
    return ids_and_checked(store, site)[0]


def ids_and_checked(store: Store, site: str) -> tuple[list[str], datetime | None]:
    """The same, and the last night that found nothing new, by one call."""
    prefix, ids, checked = f"{site}/", list[str](), None
    for page in _pages(store, Prefix=prefix, Delimiter="/"):
        names = (
            each["Prefix"].removeprefix(prefix)[:-1] for each in page.get("CommonPrefixes", [])
        )
        ids += filter(ID.fullmatch, names)
        for each in page.get("Contents", []):
            if each["Key"] == f"{prefix}{CHECKED}":
                checked = each["LastModified"]
    return ids, checked


def read_backup(store: Store, site: str, id_: str) -> Backup | None:
    """None for one that was never finished, that can't be read, or that was made to be moved."""
    try:
        manifest = Archive(store, site, id_).manifest()
    except OperationError:
        return None
    return backup_of(manifest) if manifest.keep else None


def backup_of(manifest: Manifest) -> Backup:
    """What a manifest says of a backup."""
    return Backup(
        id=manifest.id,
        time=datetime.fromisoformat(manifest.time),
        database=manifest.database.bytes if manifest.database else None,
        files=manifest.files.total_bytes if manifest.files else None,
        wordpress=manifest.versions.wordpress,
    )


def _folders(store: Store, prefix: str) -> Iterator[str]:
    """The names directly below a prefix that have something below them."""
    for page in _pages(store, Prefix=prefix, Delimiter="/"):
        for each in page.get("CommonPrefixes", []):
            yield each["Prefix"].removeprefix(prefix).rstrip("/")


def _pages(store: Store, **what: str) -> Iterator[Any]:
    pages: Any = store.s3.get_paginator("list_objects_v2")
    return pages.paginate(Bucket=store.bucket, **what, **store.owner)


def _usd(store: Store, stored: int) -> float | None:
    prices = read_prices().regions.get(store.s3.meta.region_name)
    return None if prices is None else stored / _GB * prices.s3.storage_gb


def late_ones(found: Sequence[SiteBackups]) -> list[str]:
    """The sites whose backup didn't come."""
    return [each.site for each in found if each.state == "late"]


def left_behind(
    declared: Declared, *, session: boto3.Session | None = None
) -> list[TemporaryCluster]:
    """The temporary clusters of the environment that restores to the second have, or left."""
    session = session or open_session(declared.target)
    with told_in_words(declared.target):
        clusters = list_clusters(session.client("rds", config=CONFIG))
    return [each for stack in declared.stacks() for each in temporary_clusters(clusters, stack)]
