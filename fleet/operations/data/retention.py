"""Backups of sites that the clock doesn't back up, of which no night deletes what is over.

Sites that left sites.yaml, that are paused or retired, or whose `backup.dumps` is never.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import boto3

from fleet.operations.data.archive import (
    MANIFEST,
    Archive,
    Kept,
    Manifest,
    Store,
    begun_at,
    stack_store,
)
from fleet.operations.data.backups import SITES_AT_A_TIME, backup_ids, removed_sites
from fleet.operations.data.begun import NOTES
from fleet.operations.data.listed import files_of
from fleet.operations.declared import Declared
from fleet.operations.live.account import told_in_words
from fleet.site.backup import Keep, is_backed_up

# What is younger may belong to a dump that has no manifest yet, as in the image's dumps.php.
UNDER_WAY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Over:
    """Archives of a site whose time is over, of `count` that it has."""

    store: Store
    site: str
    ids: tuple[str, ...]
    count: int


def over_ones(
    declared: Declared, *, now: datetime | None = None, session: boto3.Session | None = None
) -> list[Over]:
    """Of each such site that has some, by its rules in sites.yaml, or those that the newest backup
    of a removed one names. Reads only.

    Raises OperationError as `backups_of`, and for a manifest that this version can't read.
    """
    stores = {target.cell: stack_store(declared, target, session) for target in declared.stacks()}
    names = {site.name for site in declared.sites}
    wanted: list[tuple[Store, str, Keep | None]] = [
        (stores[site.cell], site.name, site.backup.keep)
        for site in declared.sites
        if site.cell in stores and not is_backed_up(site)
    ]
    at = now or datetime.now(UTC)
    with told_in_words(declared.target), ThreadPoolExecutor(SITES_AT_A_TIME) as pool:
        wanted += [(store, name, None) for store, name, _ in removed_sites(stores.values(), names)]
        found = list(pool.map(lambda each: _over(each[0], each[1], each[2], at), wanted))
    return [each for each in found if each.ids]


def _over(store: Store, site: str, rules: Keep | None, now: datetime) -> Over:
    manifests = {id_: _manifest(Archive(store, site, id_)) for id_ in backup_ids(store, site)}
    finished = {id_: found for id_, found in manifests.items() if found is not None}
    backups = {id_: found for id_, found in finished.items() if found.keep is not None}
    stay = {
        id_ for id_, found in finished.items() if id_ not in backups and not _expired(found, now)
    }
    if backups:
        times = {id_: datetime.fromisoformat(found.time) for id_, found in backups.items()}
        keep = rules or backups[max(times, key=times.__getitem__)].keep
        assert keep is not None
        kept = stays(times.values(), keep, now)
        stay |= {id_ for id_, time in times.items() if time in kept}
    stay |= {id_ for id_ in manifests if id_ not in finished and now - begun_at(id_) < UNDER_WAY}
    gone = manifests.keys() - stay
    if gone:
        gone -= _used(store, site, now)
    return Over(store, site, tuple(sorted(gone)), len(manifests))


def _used(store: Store, site: str, now: datetime) -> set[str]:
    """What verbs are at work with, by their notes; an older one's was killed and never called
    again."""
    found = set[str]()
    for each in store.s3.list_objects_v2(
        Bucket=store.bucket, Prefix=f"{site}/{NOTES}/", **store.owner
    ).get("Contents", []):
        key, time = each.get("Key", ""), each.get("LastModified")
        if time is not None and now - time < UNDER_WAY:
            body = store.s3.get_object(Bucket=store.bucket, Key=key, **store.owner)["Body"].read()
            note = json.loads(body)
            found |= {note.get("archive", ""), *note.get("uses", [])}
    return found


def _manifest(archive: Archive) -> Manifest | None:
    """None for one that was never finished."""
    return archive.manifest() if archive.is_there() else None


def _expired(manifest: Manifest, now: datetime) -> bool:
    return manifest.expires is not None and datetime.fromisoformat(manifest.expires) < now


def stays(times: Iterable[datetime], keep: Kept | Keep, now: datetime) -> set[datetime]:
    """Which backups stay, as kept.php of the image: each of the last days, the last of each of the
    last weeks and months, those that go on counting as the first of theirs, and the newest."""
    by_time = sorted(times)
    weeks = {_week(time): time for time in by_time}
    months = {_month(time): time for time in by_time}
    return {
        *(time for time in by_time if now - time < timedelta(days=keep.days)),
        *(time for number, time in weeks.items() if number > _week(now) - keep.weeks),
        *(time for number, time in months.items() if number > _month(now) - keep.months),
        *by_time[-1:],
    }


def _week(time: datetime) -> int:
    """Its number, which begins on a Monday, as the first day of all does."""
    return (time.toordinal() - 1) // 7


def _month(time: datetime) -> int:
    return 12 * time.year + time.month


def delete_over(found: Sequence[Over], *, now: datetime | None = None) -> int:
    """Deletes them, and the files that no archive of theirs names any more; how many objects.

    Each goes as an older version of the bucket's, for seven days. Called again it goes on. Raises
    OperationError for a call that AWS refuses, and for a list of files that can't be read.
    """
    count = 0
    for each in found:
        store = each.store
        with told_in_words(store.target):
            # Without its manifest the rest is no archive, whatever comes now, and is found again.
            for id_ in each.ids:
                count += _delete(store, Archive(store, each.site, id_).key(MANIFEST))
            count += sum(_delete(store, key) for key in _unnamed(each, now))
            for id_ in each.ids:
                keys = list(store.keys(f"{each.site}/{id_}/"))
                count += sum(_delete(store, key) for key in keys)
    return count


def _unnamed(over: Over, now: datetime | None) -> Iterator[str]:
    """The keys of files that no archive which is left names."""
    store, named = over.store, set[str]()
    for id_ in backup_ids(store, over.site):
        archive = Archive(store, over.site, id_)
        manifest = _manifest(archive)
        if manifest is not None and manifest.files is not None:
            named |= {file.sha256 for file in files_of(archive, manifest.files)}
    before = (now or datetime.now(UTC)) - UNDER_WAY
    pages = store.s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=store.bucket, Prefix=f"{over.site}/objects/", **store.owner):
        for each in page.get("Contents", []):
            key, time = each.get("Key", ""), each.get("LastModified")
            if time is not None and time < before and key.rpartition("/")[2] not in named:
                yield key


def _delete(store: Store, key: str) -> int:
    store.s3.delete_object(Bucket=store.bucket, Key=key, **store.owner)
    return 1
