"""A site's tables as they were at a moment, to the second, as an archive like any other.

plan = plan_exact(declared, "shop", moment("2026-11-20 14:00Z"))
restore_exact(declared, plan, on_step=print)

From Aurora's own recovery, or from the final snapshot of a cluster that was removed: a temporary
cluster, of which a task of the site's own dumps this one schema. The archive's id is the moment's,
so a killed call goes on where it was, and what is done is not done again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3

from fleet.fields.moments import iso_utc, written
from fleet.operations.data.archive import MANIFEST, Archive, FilesPart, Store, store_of
from fleet.operations.data.begun import Begun, going_on
from fleet.operations.data.clone import check_target, copy_archive
from fleet.operations.data.dump import Part, load_site
from fleet.operations.data.portion import ALL, Portion
from fleet.operations.data.restore import nearest_backup
from fleet.operations.data.steps import OnStep, run_steps, telling
from fleet.operations.data.temporary import MAX_ACU, Origin, Temporary, leftovers, remove
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.live.belonging import Owner, Stack, owner_of
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.plan.prices import read_prices
from fleet.site.backup import prune_options

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_rds.type_defs import DBClusterTypeDef

# Cluster, instance, dump and removal: an estimate, from AWS's "minutes to hours by the volume".
SECONDS = 2_400.0
FILES = Portion(part="files")
PREPARING = {"schema": ("fleet-schema", "restored")}
SIMULATED = (
    "{stack} is simulated: its database keeps no past to go back to. What a database that was "
    "removed held is in .local/snapshots, and docs/local.md says how it comes back"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactPlan:
    """What would be done. `usd`: at most, for the temporary cluster; None without a price.

    `files`: the nearest backup's before the moment, which come back with the tables; None where
    there is none, or the tables alone are wanted.
    """

    site: str
    to: str
    at: datetime
    now: datetime
    origin: Origin
    archive: Archive
    files: tuple[Archive, FilesPart] | None
    seconds: float = SECONDS
    usd: float | None

    @property
    def source(self) -> str:
        name = self.origin.beside.get("DBClusterIdentifier", "")
        return self.origin.snapshot or f"{name} as of {written(self.at)}"


def plan_exact(
    declared: Declared,
    site: str,
    at: datetime,
    *,
    only: Portion = ALL,
    to: str | None = None,
    overwrite_production: bool = False,
    now: datetime | None = None,
    session: boto3.Session | None = None,
) -> ExactPlan:
    """Finds what the tables can come of; writes nothing.

    Raises FleetError for an unknown site, OperationError: a moment that nothing is kept of, with
    what is; files alone, which no cluster has; `local`; a target as of `plan_restore`.
    """
    now, to = now or datetime.now(UTC), to or site
    if only.part == "files":
        raise OperationError("--exact is for the database: leave out --exact, or --only")
    target = declared.home(declared.site(site))
    if target.simulated:
        raise OperationError(SIMULATED.format(stack=target.stack))
    check_target(declared, to, overwrite_production=overwrite_production)
    store = store_of(declared, site, session)
    rds = _rds(target, session)
    with told_in_words(target):
        origin = _origin(rds, declared, site, at)
        files = None if only.part == "database" else _files(declared, store, site, at)
    kind = "exact" if origin.snapshot is None else "final"
    prices = read_prices().regions.get(rds.meta.region_name)
    return ExactPlan(
        site=site,
        to=to,
        at=at,
        now=now,
        origin=origin,
        archive=Archive(store, site, f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{kind}"),
        files=files,
        usd=prices and SECONDS / 3_600 * MAX_ACU * prices.aurora.acu_hour,
    )


def restore_exact(
    declared: Declared,
    plan: ExactPlan,
    *,
    on_step: OnStep,
    smoke: bool = True,
    session: boto3.Session | None = None,
) -> None:
    """Does it: never half, and `fleet undo` goes back for seven days. Called again it goes on.

    `smoke`: as `load_site`. Raises OperationError as that, and when the temporary cluster doesn't
    come.
    """
    target = declared.home(declared.site(plan.site))
    rds, store = _rds(target, session), store_of(declared, plan.to, session)
    words = ["restore --exact", plan.site, plan.archive.id]
    uses = [plan.files[0].id] if plan.files else []
    with going_on(store, plan.to, words, plan.archive, on_step, uses=uses) as begun:
        if not _is_whole(plan):
            with told_in_words(target):
                _dump(declared, plan, rds, begun, on_step, session)
                _complete(plan)
        with told_in_words(target):
            for name in leftovers(rds, target, plan.site):
                with telling(plan.site, "remove the cluster", on_step):
                    remove(rds, name)
        archive = plan.archive
        if plan.to != plan.site:
            archive = copy_archive(archive, store, plan.to, on_step)
        only: Part | None = None if plan.files else "database"
        more: Any = {"smoke": smoke, "begun": begun, "session": session}
        load_site(declared, archive, on_step=on_step, only=only, **more)


def _rds(target: Target, session: boto3.Session | None) -> RDSClient:
    return (session or open_session(target)).client("rds", config=CONFIG)


def _origin(rds: RDSClient, declared: Declared, site: str, at: datetime) -> Origin:
    found = declared.site(site)
    target = declared.home(found)
    shared = found.database.placement == "shared"
    owner = Owner(Stack(target.environment, target.cell), None if shared else site)
    beside = _cluster(rds, owner)
    if beside is None:
        raise OperationError(
            f"{target.stack}: {site} has no database yet; fleet up --env {target.environment}"
        )
    first, last = beside.get("EarliestRestorableTime", at), beside.get("LatestRestorableTime", at)
    if first <= at <= last:
        return Origin(beside=beside)
    snapshots = [] if shared or at > last else _snapshots(rds, owner)
    before = [each for each in snapshots if each[0] <= at]
    if before:
        return Origin(beside=beside, snapshot=max(before)[1])
    kept = "".join(
        f'; the final snapshot {name} is what it was when it was removed: --at "{written(time)}"'
        for time, name in snapshots[-1:]
    )
    raise OperationError(
        f"--at {written(at)}: Aurora keeps {site} from {written(first)} to {written(last)}{kept}; "
        f"without --exact the nearest backup before it comes back"
    )


def _cluster(rds: RDSClient, owner: Owner) -> DBClusterTypeDef | None:
    pages = rds.get_paginator("describe_db_clusters").paginate()
    clusters = (one for page in pages for one in page["DBClusters"])
    return next((one for one in clusters if owner_of(one.get("TagList", [])) == owner), None)


def _snapshots(rds: RDSClient, owner: Owner) -> list[tuple[datetime, str]]:
    """The final ones of clusters that the site had, which have their tags; the oldest first."""
    pages = rds.get_paginator("describe_db_cluster_snapshots").paginate(SnapshotType="manual")
    return sorted(
        (one["SnapshotCreateTime"], one.get("DBClusterSnapshotIdentifier", ""))
        for page in pages
        for one in page["DBClusterSnapshots"]
        if "SnapshotCreateTime" in one and owner_of(one.get("TagList", [])) == owner
    )


def _files(
    declared: Declared, store: Store, site: str, at: datetime
) -> tuple[Archive, FilesPart] | None:
    try:
        archive, manifest = nearest_backup(declared, store, site, at, FILES)
    except OperationError:
        return None
    return None if manifest.files is None else (archive, manifest.files)


def _is_whole(plan: ExactPlan) -> bool:
    """Whether an earlier call came so far; of a moment that is over nothing changes."""
    try:
        manifest = plan.archive.manifest()
    except OperationError:
        return False
    return manifest.database is not None and (plan.files is None or manifest.files is not None)


def _dump(
    declared: Declared,
    plan: ExactPlan,
    rds: RDSClient,
    begun: Begun,
    on_step: OnStep,
    session: boto3.Session | None,
) -> None:
    temporary = Temporary(rds, declared.home(declared.site(plan.site)), plan.site, plan.at)
    with telling(plan.site, "temporary cluster", on_step):
        host, password = temporary.made(plan.origin)
    found = declared.site(plan.site)
    where = {"WORDPRESS_DB_HOST": f"{host}:3306"}
    run_steps(
        declared,
        plan.site,
        [*dump_words(plan.archive.url, plan.archive.store.days), *prune_options(found)],
        on_step=on_step,
        preparing=PREPARING,
        # Of a shared cluster it opens all sites' tables: the container of the fleet's image has it.
        environment={
            "schema": {**where, "FLEET_RESTORED_PASSWORD": password},
            "wordpress": where,
        },
        token=begun.token("dump"),
        session=session,
    )


def dump_words(url: str, days: int) -> list[str]:
    """What the task runs beside the cluster; what goes before it is `PREPARING`."""
    return ["fleet-dump", url, "--only", "database", "--days", str(days)]


def _complete(plan: ExactPlan) -> None:
    """Gives the archive the files of the nearest backup, and the moment that it is of."""
    archive, store = plan.archive, plan.archive.store
    found: Any = store.s3.get_object(Bucket=store.bucket, Key=archive.key(MANIFEST), **store.owner)
    manifest = json.loads(found["Body"].read()) | {"time": iso_utc(plan.at)}
    if plan.files is not None:
        of, part = plan.files
        store.s3.copy_object(
            Bucket=store.bucket,
            Key=archive.key(part.name),
            CopySource={"Bucket": store.bucket, "Key": of.key(part.name)},
        )
        manifest["files"] = part.model_dump()
    body = json.dumps(manifest, indent=2).encode()
    store.s3.put_object(Bucket=store.bucket, Key=archive.key(MANIFEST), Body=body, **store.owner)
