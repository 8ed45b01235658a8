"""A cluster as another one was at a moment, for as long as one schema takes to be read from it.

It is no resource of the stack. Its name says for which site and moment it is, so whoever comes next
finds one that a killed verb left.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fleet.operations.live.temporary import temporary_clusters, temporary_tags
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_rds.type_defs import DBClusterTypeDef

POLL_SECONDS = 15.0
# A volume of terabytes; of one of some GB it is about a quarter of an hour.
PATIENCE = timedelta(hours=6)
# One reader of one schema.
MIN_ACU, MAX_ACU = 0.5, 8.0
_PREFIX = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What it is made of: `beside` is the site's cluster of now, in whose network it stands.

    `snapshot`: of this one, in place of what `beside` was at the moment.
    """

    beside: DBClusterTypeDef
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class Temporary:
    """The cluster for one site and moment, whether it is there or not."""

    rds: RDSClient
    target: Target
    site: str
    at: datetime

    @property
    def name(self) -> str:
        return f"{_family(self.target, self.site)}{self.at:%Y%m%d%H%M%S}"

    def made(
        self, origin: Origin, *, sleep: Callable[[float], object] = time.sleep
    ) -> tuple[str, str]:
        """Its address and a new password of its master user, once it answers.

        What is there already is waited for. Raises OperationError when it doesn't come.
        """
        for other in leftovers(self.rds, self.target, self.site):
            if other != self.name:
                remove(self.rds, other)
        if self._found() is None:
            self._restore(origin)
        self._wait(sleep)
        if not self._instances():
            self.rds.create_db_instance(
                DBInstanceIdentifier=f"{self.name}-1",
                DBClusterIdentifier=self.name,
                Engine="aurora-mysql",
                DBInstanceClass="db.serverless",
                PubliclyAccessible=False,
                Tags=temporary_tags(self.target, self.site),
            )
        self._wait(sleep)
        # The one of then isn't known. A random one that is told goes with the cluster.
        password = secrets.token_hex(16)
        self.rds.modify_db_cluster(
            DBClusterIdentifier=self.name, MasterUserPassword=password, ApplyImmediately=True
        )
        sleep(POLL_SECONDS)
        return self._wait(sleep).get("Endpoint", ""), password

    def _restore(self, origin: Origin) -> None:
        beside = origin.beside
        groups = beside.get("VpcSecurityGroups", [])
        given: dict[str, Any] = {
            "DBClusterIdentifier": self.name,
            "DBSubnetGroupName": beside.get("DBSubnetGroup", ""),
            # The site's tasks carry it, so they reach this one, too.
            "VpcSecurityGroupIds": [group.get("VpcSecurityGroupId", "") for group in groups],
            "DBClusterParameterGroupName": beside.get("DBClusterParameterGroup", ""),
            "ServerlessV2ScalingConfiguration": {"MinCapacity": MIN_ACU, "MaxCapacity": MAX_ACU},
            "DeletionProtection": False,
            "Tags": temporary_tags(self.target, self.site),
        }
        given = {name: value for name, value in given.items() if value not in ("", [])}
        if origin.snapshot is None:
            self.rds.restore_db_cluster_to_point_in_time(
                SourceDBClusterIdentifier=beside.get("DBClusterIdentifier", ""),
                RestoreToTime=self.at,
                **given,
            )
        else:
            self.rds.restore_db_cluster_from_snapshot(
                SnapshotIdentifier=origin.snapshot, Engine="aurora-mysql", **given
            )

    def _found(self) -> DBClusterTypeDef | None:
        try:
            found = self.rds.describe_db_clusters(DBClusterIdentifier=self.name)
        except self.rds.exceptions.DBClusterNotFoundFault:
            return None
        return found["DBClusters"][0]

    def _instances(self) -> list[Mapping[str, Any]]:
        filters: Any = [{"Name": "db-cluster-id", "Values": [self.name]}]
        return list(self.rds.describe_db_instances(Filters=filters)["DBInstances"])

    def _wait(self, sleep: Callable[[float], object]) -> DBClusterTypeDef:
        """Until it and its instance, if it has one, are available."""
        for _ in range(int(PATIENCE.total_seconds() / POLL_SECONDS)):
            cluster = self._found()
            if cluster is None:
                break
            states = {cluster.get("Status"), *(i["DBInstanceStatus"] for i in self._instances())}
            if states == {"available"} and not cluster.get("PendingModifiedValues"):
                return cluster
            if states & {"failed", "deleting", "inaccessible-encryption-credentials"}:
                break
            sleep(POLL_SECONDS)
        raise OperationError(
            f"{self.target.stack}: the temporary cluster {self.name} doesn't come; RDS's events "
            "say why, and the same command goes on"
        )


def _family(target: Target, site: str) -> str:
    """How the names of a site's begin: AWS allows 63 characters, no two hyphens together."""
    return f"{_PREFIX}-{hashlib.sha256(f'{target.stack}/{site}'.encode()).hexdigest()[:10]}-"


def leftovers(rds: RDSClient, target: Target, site: str) -> list[str]:
    """The temporary clusters of a site that are there, none of which anybody needs for long."""
    return [
        name
        for one in _clusters(rds)
        if (name := one.get("DBClusterIdentifier", "")).startswith(_family(target, site))
        and one.get("Status") != "deleting"
    ]


def remove_abandoned(rds: RDSClient, target: Target, site: str, now: datetime) -> list[str]:
    """Takes those away that are there for longer than any restore waits; their names."""
    old = [
        each.cluster
        for each in temporary_clusters(_clusters(rds), target)
        if each.site == site and each.since is not None and each.since < now - PATIENCE
    ]
    for name in old:
        remove(rds, name)
    return old


def _clusters(rds: RDSClient) -> Iterator[DBClusterTypeDef]:
    for page in rds.get_paginator("describe_db_clusters").paginate():
        yield from page["DBClusters"]


def remove(rds: RDSClient, name: str) -> None:
    """Takes a temporary cluster away, without a snapshot."""
    filters: Any = [{"Name": "db-cluster-id", "Values": [name]}]
    for instance in rds.describe_db_instances(Filters=filters)["DBInstances"]:
        if instance.get("DBInstanceStatus") != "deleting":
            rds.delete_db_instance(
                DBInstanceIdentifier=instance.get("DBInstanceIdentifier", ""),
                SkipFinalSnapshot=True,
            )
    rds.delete_db_cluster(
        DBClusterIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
    )
