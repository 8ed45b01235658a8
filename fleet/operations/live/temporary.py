"""Temporary clusters that a restore to the second makes, and leaves if it is killed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fleet.operations.target import Target

if TYPE_CHECKING:
    from mypy_boto3_rds.type_defs import DBClusterTypeDef

KIND = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCluster:
    """One that is there for `site`, since `since`. It is no resource of the stack."""

    cluster: str
    site: str
    since: datetime | None


def temporary_tags(target: Target, site: str) -> list[Any]:
    """By which it is found: not those of the site, whose own it would else be taken for."""
    told = {"Temporary": KIND, "Stack": target.stack, "Of": site}
    return [{"Key": key, "Value": value} for key, value in told.items()]


def temporary_clusters(
    clusters: Iterable[DBClusterTypeDef], target: Target
) -> tuple[TemporaryCluster, ...]:
    """Those of a stack that aren't on their way out."""
    return tuple(
        TemporaryCluster(
            cluster=one.get("DBClusterIdentifier", ""),
            site=tags["Of"],
            since=one.get("ClusterCreateTime"),
        )
        for one in clusters
        if (tags := _tags(one)).get("Temporary") == KIND
        and tags.get("Stack") == target.stack
        and one.get("Status") != "deleting"
    )


def _tags(cluster: DBClusterTypeDef) -> Mapping[str, str]:
    return {tag.get("Key", ""): tag.get("Value", "") for tag in cluster.get("TagList", [])}
