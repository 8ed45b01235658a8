"""A site from elsewhere in the place of one of the fleet's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from fleet.operations.data.archive import Archive, store_of
from fleet.operations.data.begun import going_on
from fleet.operations.data.clone import check_target
from fleet.operations.data.dump import load_site
from fleet.operations.data.incoming.in_s3 import is_s3
from fleet.operations.data.incoming.known import recognised
from fleet.operations.data.incoming.report import Report, examine
from fleet.operations.data.incoming.upload import upload
from fleet.operations.data.steps import OnStep
from fleet.operations.declared import Declared
from fleet.operations.live.account import open_session

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def import_site(
    declared: Declared,
    site: str,
    path: Path,
    *,
    on_step: OnStep,
    agreed: Callable[[Report], bool],
    files: Path | None = None,
    overwrite_production: bool = False,
    smoke: bool = True,
    session: boto3.Session | None = None,
) -> Archive | None:
    """Reads what is at `path`, asks `agreed` about the report, then sends and loads it.

    Nothing is written before `agreed` says yes; None where it says no. Of a second import only what
    isn't in the bucket yet is sent. `smoke`: as `load_site`. Raises FleetError for an unknown site,
    OperationError for what can't be read or may not be overwritten, and as `load_site`.
    """
    found = declared.site(site)
    check_target(declared, site, overwrite_production=overwrite_production)
    with recognised(path, files, lambda: _client(declared, site, session)) as export:
        report = examine(export, found)
        if not agreed(report):
            return None
        store = store_of(declared, site, session)
        words = ["import", *(_state(each) for each in (path, files) if each)]
        with going_on(store, site, words, store.archive(site), on_step) as begun:
            archive = begun.archive
            # A manifest that was sent is not sent again: the load is known by it.
            if not archive.is_there():
                upload(export, report, archive, on_step)
            load_site(declared, archive, on_step=on_step, smoke=smoke, begun=begun, session=session)
    return archive


def _client(declared: Declared, site: str, session: boto3.Session | None) -> S3Client:
    session = session or open_session(declared.home(declared.site(site)))
    return session.client("s3")


def _state(path: Path) -> str:
    """A path and what tells whether something else is there by now, which of S3 nothing does."""
    if is_s3(path):
        return str(path)
    found = path.stat()
    return f"{path.resolve()} {found.st_size} {found.st_mtime_ns}"
