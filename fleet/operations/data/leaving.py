"""A client leaves: an export that was checked, and after some days nothing of the site is left."""

from __future__ import annotations

import hashlib
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from fleet.batches import in_batches
from fleet.operations.data.archive import THREADS, Archive, Store, store_of
from fleet.operations.data.export import (
    FILES,
    SQL,
    Exported,
    ExportPlace,
    batches,
    check_place,
    export_place,
    export_site,
    newly_dumped,
)
from fleet.operations.data.listed import ListedFile, files_of
from fleet.operations.data.steps import OnStep, Step, run_steps
from fleet.operations.declared import Declared
from fleet.operations.live.account import told_in_words
from fleet.operations.problem import OperationError

# What a dump ends with when it is whole.
LAST_LINE = b"-- Dump completed"
# Below the site's prefix: that it leaves, and from when on nothing of it has to stay.
NOTE = "leaving.json"
# How many objects DeleteObjects takes.
_A_CALL = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What is gone of a site, and what AWS keeps for a time."""

    site: str
    deleted: tuple[str, ...]
    remains: tuple[str, ...]


def export_leaving(
    declared: Declared,
    site: str,
    to: str,
    *,
    on_step: OnStep,
    days: int = 30,
    archive: Archive | None = None,
    session: boto3.Session | None = None,
    now: datetime | None = None,
) -> tuple[Exported, datetime]:
    """Exports the site, reads the export again, and notes that it may go `days` from `now`.

    Returns the export and that time. Called again it is as the first time. Raises OperationError
    for an export that isn't whole, and as `export_site`.
    """
    declared.site(site)
    check_place(to)
    after = (now or datetime.now(UTC)) + timedelta(days=days)
    if archive is not None:
        return _checked(declared, archive, to, after, on_step), after
    with newly_dumped("leave", declared, site, to, on_step, session) as archive:
        return _checked(declared, archive, to, after, on_step), after


def _checked(
    declared: Declared, archive: Archive, to: str, after: datetime, on_step: OnStep
) -> Exported:
    site, store = archive.site, archive.store
    done = export_site(declared, site, to, on_step=on_step, archive=archive)
    on_step(Step(site=site, step="check export", state="begun"))
    check_export(to, archive)
    on_step(Step(site=site, step="check export", state="done"))
    body = json.dumps({"export": to, "archive": archive.id, "after": after.isoformat()})
    with told_in_words(store.target):
        store.s3.put_object(
            Bucket=store.bucket, Key=f"{site}/{NOTE}", Body=body.encode(), **store.owner
        )
    return done


def check_export(to: str, archive: Archive) -> None:
    """Reads an export again, all of it. Raises OperationError for what is missing or other."""
    manifest, place = archive.manifest(), export_place(to, archive)
    with told_in_words(archive.store.target), ThreadPoolExecutor(THREADS) as pool:
        if manifest.database is not None and not _ends_whole(place):
            raise OperationError(f"{to}/{SQL} ends early; export again, to a new place")
        files = files_of(archive, manifest.files) if manifest.files else iter(())
        for batch in batches(files):
            for file, same in zip(
                batch, pool.map(lambda each: _same(place, each), batch), strict=True
            ):
                if not same:
                    raise OperationError(
                        f"{to}/{FILES}/{file.path} is not what the site has; export again"
                    )


def _same(place: ExportPlace, file: ListedFile) -> bool:
    digest = hashlib.sha256()
    try:
        for chunk in place.read(f"{FILES}/{file.path}"):
            digest.update(chunk)
    except OSError:
        return False
    return digest.hexdigest() == file.sha256


def _ends_whole(place: ExportPlace) -> bool:
    expander, tail = zlib.decompressobj(wbits=31), b""
    try:
        for chunk in place.read(SQL):
            tail = (tail + expander.decompress(chunk))[-1_000:]
    except (OSError, zlib.error):
        return False
    return expander.eof and LAST_LINE in tail


def purge_site(
    declared: Declared,
    site: str,
    *,
    on_step: OnStep,
    session: boto3.Session | None = None,
    now: datetime | None = None,
) -> Purged:
    """Deletes tables, files and every archive of a site that left, for good.

    Called again after it was interrupted it goes on. Raises FleetError for an unknown site,
    OperationError for one that isn't retired, wasn't exported by `export_leaving` or whose days
    aren't over.
    """
    store, found = store_of(declared, site, session), declared.site(site)
    target = declared.target
    leave = f"fleet leave --env {target.environment} {site} --export DIR"
    if found.state != "retired":
        raise OperationError(f"{site} is {found.state}, so visitors may want it; {leave}")
    after = _after(store, site, leave)
    if (now or datetime.now(UTC)) < after:
        raise OperationError(
            f"what {site} holds stays until {after:%Y-%m-%d %H:%M} UTC, as was said when it left; "
            f"sooner with {leave} --days 0"
        )
    run_steps(declared, site, ["fleet-wipe", site], on_step=on_step, session=session)
    on_step(Step(site=site, step="archives", state="begun"))
    count = _delete_all(store, site)
    on_step(Step(site=site, step="archives", state="done"))
    deleted = (
        "all tables, and what loads had kept of earlier ones",
        "all files, and the generations of code",
        f"{count:,} objects and earlier versions at s3://{store.bucket}/{site}/",
    )
    return Purged(site=site, deleted=deleted, remains=_remains(declared, site))


def _after(store: Store, site: str, leave: str) -> datetime:
    with told_in_words(store.target):
        try:
            answer = store.s3.get_object(Bucket=store.bucket, Key=f"{site}/{NOTE}", **store.owner)
        except store.s3.exceptions.NoSuchKey:
            raise OperationError(
                f"{site} was never exported to leave, or nothing of it is left; {leave}"
            ) from None
        said: dict[str, Any] = json.loads(answer["Body"].read())
    return datetime.fromisoformat(str(said["after"]))


def _delete_all(store: Store, site: str) -> int:
    """Every version of every object of the site, the note last: without it nobody goes on."""
    with told_in_words(store.target):
        pages = store.s3.get_paginator("list_object_versions")
        found: list[dict[str, str]] = [
            {"Key": each.get("Key", ""), "VersionId": each.get("VersionId", "")}
            for page in pages.paginate(Bucket=store.bucket, Prefix=f"{site}/", **store.owner)
            for each in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        ]
        found.sort(key=lambda each: each["Key"] == f"{site}/{NOTE}")
        for batch in in_batches(found, _A_CALL):
            objects: Any = batch
            answer = store.s3.delete_objects(
                Bucket=store.bucket, Delete={"Objects": objects, "Quiet": True}, **store.owner
            )
            for error in answer.get("Errors", []):
                raise OperationError(
                    f"s3://{store.bucket}/{error.get('Key')} stays: {error.get('Message')}; "
                    "the same command goes on"
                )
    return len(found)


def _remains(declared: Declared, site: str) -> tuple[str, ...]:
    """What AWS keeps by itself, and what goes with the entry in sites.yaml."""
    found, settings = declared.site(site), declared.settings
    if found.database.placement == "dedicated":
        days = found.database.backup_days
        backups = f"the cluster's own backups of the last {days} days, which go with the cluster"
        final = "a final snapshot of the emptied cluster, which `up` makes: delete it by hand"
        cluster = (backups, final)
    else:
        cluster = ("the shared cluster's own backups, in which the tables were, for its days",)
    return (
        *cluster,
        f"log lines, for {settings.log_retention_days} days",
        f"roles, secrets and the address: take {site} out of sites.yaml, then "
        f"fleet up --env {declared.target.environment}",
        "the export, which is the client's",
    )
