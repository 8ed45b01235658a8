"""A site's data under another name, in another cell, database, storage or environment."""

from __future__ import annotations

import re
from dataclasses import replace

import boto3

from fleet.operations.data.archive import Archive, Store
from fleet.operations.data.clone import Errand, carry, check_target
from fleet.operations.data.steps import OnStep
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError

_URL = re.compile(r"s3://([a-z0-9.-]{3,63})/([a-z][a-z0-9-]*)/([^/]+)/?")


def move_site(
    declared: Declared,
    source: str,
    to: str,
    *,
    into: Declared,
    on_step: OnStep,
    overwrite_production: bool = False,
    archive: Archive | None = None,
    session: boto3.Session | None = None,
) -> Archive:
    """Makes `to` of the environment `into` what `source` is, with its people and uploads.

    `source` stays as it is until somebody retires it. Within an environment addresses stay
    `source`'s, whose domains `to` is given next; in another they become `to`'s. `archive`: one that
    was made before, in place of a new one; with it `source` may be `to`, which stands elsewhere by
    now. Raises as `clone_site`.
    """
    declared.site(source)
    check_target(into, to, overwrite_production=overwrite_production)
    same_environment = declared.target.environment == into.target.environment
    if archive is None and source == to and same_environment:
        raise OperationError(
            f"{source} is where it is; name another site with --to, or change its cell, database "
            f"or storage in sites.yaml between fleet move --begin and fleet move --archive"
        )
    options = ("--keep-addresses",) if same_environment else ()
    errand = Errand(verb="move", options=options)
    return carry(errand, (declared, source), (into, to), on_step, archive, session)


def archive_at(store: Store, place: str) -> Archive:
    """The archive at `s3://BUCKET/SITE/ID`, which may be another stack's.

    Raises OperationError for what is none.
    """
    found = _URL.fullmatch(place)
    if found is None:
        raise OperationError(
            f"{place} is no place of an archive; such as "
            f"s3://{store.bucket}/shop/20261129T180500Z-9c1f04ab"
        )
    return replace(store, bucket=found[1]).archive(found[2], found[3])
