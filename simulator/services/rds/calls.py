"""Aurora clusters."""

from __future__ import annotations

from typing import Any

from simulator.calls import answers
from simulator.tags import listed
from simulator.world import Resource, World

CLUSTER = "aws:rds/cluster:Cluster"


@answers("rds", "DescribeDBClusters")
def describe_db_clusters(world: World, _: dict[str, Any]) -> dict[str, Any]:
    return {"DBClusters": [_described(one) for one in world.resources(CLUSTER)]}


def bounds(cluster: Resource) -> dict[str, float]:
    """The cluster's least and most capacity in ACU."""
    given = cluster.props.get("serverlessv2ScalingConfiguration") or {}
    return {
        "MinCapacity": float(given.get("minCapacity", 0)),
        "MaxCapacity": float(given.get("maxCapacity", 0)),
    }


def _described(one: Resource) -> dict[str, Any]:
    return {
        "DBClusterIdentifier": one.props["clusterIdentifier"],
        "Status": "available",
        "ServerlessV2ScalingConfiguration": bounds(one),
        "TagList": listed(one),
    }
