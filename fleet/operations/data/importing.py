"""A site from elsewhere in the place of one of the fleet's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import boto3

from fleet.operations.data.archive import Archive, store_of
from fleet.operations.data.clone import check_target
from fleet.operations.data.dump import load_site
from fleet.operations.data.incoming.known import recognised
from fleet.operations.data.incoming.report import Report, examine
from fleet.operations.data.incoming.upload import upload
from fleet.operations.data.steps import OnStep
from fleet.operations.declared import Declared


def import_site(
    declared: Declared,
    site: str,
    path: Path,
    *,
    on_step: OnStep,
    agreed: Callable[[Report], bool],
    files: Path | None = None,
    overwrite_production: bool = False,
    session: boto3.Session | None = None,
) -> Archive | None:
    """Reads what is at `path`, asks `agreed` about the report, then sends and loads it.

    Nothing is written before `agreed` says yes; None where it says no. Of a second import only what
    isn't in the bucket yet is sent. Raises FleetError for an unknown site, OperationError for what
    can't be read or may not be overwritten, and as `load_site`.
    """
    found = declared.site(site)
    check_target(declared, site, overwrite_production=overwrite_production)
    with recognised(path, files) as export:
        report = examine(export, found)
        if not agreed(report):
            return None
        archive = store_of(declared, site, session).archive(site)
        upload(export, report, archive, on_step)
    load_site(declared, archive, on_step=on_step, session=session)
    return archive
