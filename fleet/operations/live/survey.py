"""Everything that is read to tell the status of stacks, in as few calls as AWS allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3

from fleet.operations.live.account import CONFIG
from fleet.operations.live.belonging import Owner, Stack
from fleet.operations.live.certificates import Certificate, read_certificates
from fleet.operations.live.databases import Database, list_clusters, read_databases
from fleet.operations.live.files import FileSystem, read_file_systems, read_homes
from fleet.operations.live.services import Service, read_services
from fleet.operations.live.targets import Targets, read_targets
from fleet.operations.live.tasks import ProviderTasks, StoppedTask, read_running, read_stopped

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_efs import EFSClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_rds.type_defs import DBClusterTypeDef


@dataclass(frozen=True, slots=True)
class Region:
    """What is read once for all stacks. Clients are thread-safe, the session isn't."""

    ecs: ECSClient
    efs: EFSClient
    elbv2: ElasticLoadBalancingv2Client
    file_systems: Mapping[Stack, FileSystem]
    clusters: Sequence[DBClusterTypeDef]
    databases: Mapping[Owner, Database]
    certificates: Sequence[Certificate]
    time: datetime


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a cluster runs, by site, and the sites that have files; by default nothing.

    `targets` go by the ARNs of target groups.
    """

    services: Mapping[str, Service] = field(default_factory=dict[str, Service])
    targets: Mapping[str, Targets] = field(default_factory=dict[str, Targets])
    running: Mapping[str, tuple[ProviderTasks, ...]] = field(
        default_factory=dict[str, tuple[ProviderTasks, ...]]
    )
    stopped: Mapping[str, tuple[StoppedTask, ...]] = field(
        default_factory=dict[str, tuple[StoppedTask, ...]]
    )
    homes: Set[str] = frozenset()


def survey_region(session: boto3.Session, acm: Any, stacks: set[Stack]) -> Region:
    """What isn't any cluster's. Makes the clients, so not to be called from several threads.

    `acm`: the client of ACM where visitors' certificates are.
    """
    efs, now = session.client("efs", config=CONFIG), datetime.now(UTC)
    clusters = list_clusters(session.client("rds", config=CONFIG))
    cloudwatch = session.client("cloudwatch", config=CONFIG)
    return Region(
        ecs=session.client("ecs", config=CONFIG),
        efs=efs,
        elbv2=session.client("elbv2", config=CONFIG),
        file_systems=read_file_systems(efs),
        clusters=clusters,
        databases=read_databases(clusters, cloudwatch, stacks, now),
        certificates=read_certificates(acm),
        time=now,
    )


def survey_cluster(
    region: Region, cluster: str, files: FileSystem | None, pool: Executor
) -> Cluster:
    """Asks for everything at once: a call at a time here, the others in `pool`."""
    running = pool.submit(read_running, region.ecs, cluster)
    stopped = pool.submit(read_stopped, region.ecs, cluster)
    homes = pool.submit(read_homes, region.efs, files.id) if files else None
    services = read_services(region.ecs, cluster)
    groups = [group for service in services.values() for group in service.target_groups]
    return Cluster(
        services=services,
        targets=read_targets(region.elbv2, groups, pool),
        running=running.result(),
        stopped=stopped.result(),
        homes=homes.result() if homes else frozenset(),
    )
