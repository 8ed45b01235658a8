"""One site's data in the place of another's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import boto3

from fleet.names import environment_type
from fleet.operations.data.archive import MANIFEST, THREADS, Archive, Manifest, Store, store_of
from fleet.operations.data.begun import going_on
from fleet.operations.data.dump import Part, dump_site, load_site, smoke_words
from fleet.operations.data.listed import files_of
from fleet.operations.data.steps import OnStep, Step
from fleet.operations.declared import Declared
from fleet.operations.live.account import told_in_words
from fleet.operations.problem import OperationError
from fleet.site.staging import Staging


def clone_site(
    declared: Declared,
    source: str,
    to: str,
    *,
    on_step: OnStep,
    overwrite_production: bool = False,
    anonymise: bool | None = None,
    options: Sequence[str] = (),
    smoke: bool = True,
    archive: Archive | None = None,
    session: boto3.Session | None = None,
) -> Archive:
    """Makes `to` what `source` is, but for its addresses; the archive that it was made of.

    `anonymise` takes people out before anybody sees the copy; None does it unless the copy's
    `staging` says otherwise. Of a copy that `staging` declares, the uploads stay at the original.
    `archive`: one of the source's, in place of a new one. `options`, `smoke`: as `load_site`. The
    copies between the two sites' archives are made by the caller's rights: neither site's role
    reaches the other's. Raises FleetError for an unknown site, OperationError for a target that is
    production and live without `overwrite_production`, and as `dump_site` and `load_site`.
    """
    declared.site(source)
    staging = declared.site(to).staging
    is_declared = staging.of == source
    check_target(declared, to, overwrite_production=overwrite_production or is_declared)
    if source == to:
        raise OperationError(f"{source} is a copy of itself already; name another site with --to")
    if is_declared:
        anonymise = staging.anonymise if anonymise is None else anonymise
        options = [*options, *_declared_options(staging)]
    if anonymise is not False:
        options = [*options, "--anonymise"]
    errand = Errand(
        verb="clone",
        uploads=not is_declared,
        options=(*options, *smoke_words(smoke)),
        forgotten=is_declared or anonymise is not False,
    )
    return carry(errand, (declared, source), (declared, to), on_step, archive, session)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What of a site goes to another. Without `uploads` these stay behind; `options` are
    `fleet-load`'s; `forgotten`: the copy is no archive in the end."""

    verb: str
    only: Part | None = None
    uploads: bool = True
    options: tuple[str, ...] = ()
    forgotten: bool = False


def carry(
    errand: Errand,
    source: tuple[Declared, str],
    to: tuple[Declared, str],
    on_step: OnStep,
    archive: Archive | None,
    session: boto3.Session | None,
) -> Archive:
    """Takes a site to another: an archive, its copy, a load. Killed, the same call goes on.

    `archive`: this one in place of a new one. Raises OperationError as `dump_site` and `load_site`.
    """
    store = store_of(*to, session)
    new = archive or store_of(*source, session).archive(source[1])
    said = [archive.url] if archive else []
    words = [errand.verb, source[0].target.environment, source[1], *errand.options, *said]
    more: dict[str, Any] = {"on_step": on_step, "session": session}
    with going_on(store, to[1], words, new, on_step) as begun:
        copy = begun.archive
        if archive is None:
            part: Any = {"only": errand.only, "uploads": errand.uploads}
            dump_site(*source, **part, archive=copy, token=begun.token("dump"), **more)
        elif errand.uploads:
            archive.require_uploads()
        if (copy.store.bucket, copy.site) != (store.bucket, to[1]):
            copy = copy_archive(copy, store, to[1], on_step, uploads=errand.uploads)
        load_site(to[0], copy, options=errand.options, begun=begun, **more)
        if errand.forgotten:
            copy.forget()
    return copy


def _declared_options(staging: Staging) -> list[str]:
    kept = ["--keep-options", ",".join(staging.keep)] if staging.keep else []
    return ["--without-uploads", *kept]


def check_target(declared: Declared, site: str, *, overwrite_production: bool) -> None:
    """Raises FleetError for an unknown site, OperationError for one that visitors would miss."""
    found = declared.site(site)
    if found.state != "live":
        raise OperationError(
            f"{site} is {found.state}, so nothing can be loaded into it; "
            f"fleet resume {site}, then fleet up --env {declared.target.environment}"
        )
    if environment_type(declared.target.environment) == "production" and not overwrite_production:
        raise OperationError(
            f"{site} is live in {declared.target.environment}, and all it holds would be replaced; "
            "say --yes-overwrite-production if that is meant (fleet undo goes back for seven days)"
        )


def copy_archive(
    archive: Archive,
    store: Store,
    site: str,
    on_step: OnStep,
    *,
    files: bool = True,
    uploads: bool = True,
) -> Archive:
    """The same archive below another site's prefix, copied inside of S3; its tables if not `files`.

    Without `uploads` its list names files that it doesn't have. Files that are there already are
    not copied again. Raises OperationError for what AWS refuses.
    """
    manifest, copy = archive.manifest(), Archive(store, site, archive.id)
    if not files:
        manifest = manifest.model_copy(update={"files": None})
    whole = manifest.files.total_bytes if manifest.files else 0
    step: dict[str, Any] = {"site": site, "step": "copy", "of": whole}
    on_step(Step(**step, state="begun"))
    with told_in_words(store.target), ThreadPoolExecutor(THREADS) as pool:
        there = set(store.keys(f"{site}/objects/"))
        done = 0

        def one(pair: tuple[str, str, int]) -> int:
            source = {"Bucket": archive.store.bucket, "Key": pair[0]}
            # The other client: its bucket may be of another region.
            store.s3.copy(source, store.bucket, pair[1], SourceClient=archive.store.s3)  # type: ignore[arg-type]
            return pair[2]

        for size in pool.map(one, _missing(archive, manifest, copy, there, uploads=uploads)):
            done += size
            on_step(Step(**step, state="at", bytes=done))
        # Without its manifest it is none: last.
        _copy_manifest(archive, copy, files=files)
    on_step(Step(**step, state="done", bytes=whole))
    return copy


def _copy_manifest(archive: Archive, copy: Archive, *, files: bool) -> None:
    """As it stands, so that nothing is lost that only the image reads."""
    here, there = archive.store, copy.store
    found: Any = here.s3.get_object(Bucket=here.bucket, Key=archive.key(MANIFEST), **here.owner)
    said = json.loads(found["Body"].read()) | ({} if files else {"files": None})
    body = json.dumps(said, indent=2).encode()
    there.s3.put_object(Bucket=there.bucket, Key=copy.key(MANIFEST), Body=body, **there.owner)


def _missing(
    archive: Archive, manifest: Manifest, copy: Archive, there: set[str], *, uploads: bool
) -> Iterator[tuple[str, str, int]]:
    """Keys from and to, with the bytes of a file; a file that many paths have once."""
    for part in (manifest.database, manifest.files):
        if part is not None:
            yield archive.key(part.name), copy.key(part.name), 0
    for file in files_of(archive, manifest.files) if manifest.files else ():
        key = copy.object_key(file.sha256)
        if key not in there and (uploads or not file.path.startswith("uploads/")):
            there.add(key)
            yield archive.object_key(file.sha256), key, file.bytes
