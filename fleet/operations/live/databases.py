"""The Aurora clusters of the stacks: their state, and the capacity that they use now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fleet.batches import in_batches
from fleet.operations.live.belonging import Owner, Stack, owner_of

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_rds.type_defs import DBClusterTypeDef

# The most that one GetMetricData takes.
METRICS_A_CALL = 500
# RDS sends the metric every minute, and it arrives a minute or two later.
PERIOD = timedelta(minutes=1)
WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An Aurora Serverless v2 cluster.

    `state` is RDS's own word; a paused cluster is `available` at 0 ACU. `acu` is the average over
    the cluster's instances in the minute of `measured`; None when CloudWatch has no value of the
    last ten minutes. `shared`: several sites may use it.
    """

    cluster: str
    shared: bool
    state: str
    acu: float | None
    measured: datetime | None
    min_acu: float | None
    max_acu: float | None


def list_clusters(rds: RDSClient) -> list[DBClusterTypeDef]:
    """Those of the account and region: a call for 100."""
    pages = rds.get_paginator("describe_db_clusters").paginate()
    return [one for page in pages for one in page["DBClusters"]]


def read_databases(
    clusters: Iterable[DBClusterTypeDef],
    cloudwatch: CloudWatchClient,
    stacks: Collection[Stack],
    now: datetime,
) -> dict[Owner, Database]:
    """Of these clusters the stacks'; an owner without a site is the base, whose cluster is shared.

    A call for the capacity of 500.
    """
    listed = [(owner_of(one.get("TagList", [])), one) for one in clusters]
    own = [(owner, one) for owner, one in listed if owner and owner.stack in stacks]
    capacity = _capacity(cloudwatch, [one.get("DBClusterIdentifier", "") for _, one in own], now)
    return {owner: _database(one, capacity, shared=owner.site is None) for owner, one in own}


def _database(
    one: Mapping[str, Any], capacity: Mapping[str, tuple[datetime, float]], *, shared: bool
) -> Database:
    name = one["DBClusterIdentifier"]
    measured, acu = capacity.get(name, (None, None))
    bounds = one.get("ServerlessV2ScalingConfiguration", {})
    return Database(
        cluster=name,
        shared=shared,
        state=one["Status"],
        acu=acu,
        measured=measured,
        min_acu=bounds.get("MinCapacity"),
        max_acu=bounds.get("MaxCapacity"),
    )


def _capacity(
    cloudwatch: CloudWatchClient, clusters: list[str], now: datetime
) -> dict[str, tuple[datetime, float]]:
    """Cluster -> when and how many ACU, the last value that CloudWatch has."""
    latest: dict[str, tuple[datetime, float]] = {}
    for batch in in_batches(clusters, METRICS_A_CALL):
        queries = [_query(index, cluster) for index, cluster in enumerate(batch)]
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=now - WINDOW, EndTime=now
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                values = zip(result.get("Timestamps", []), result.get("Values", []), strict=True)
                cluster = batch[int(result.get("Id", "").removeprefix("acu"))]
                known = [latest[cluster]] if cluster in latest else []
                if newest := max([*known, *values], default=None):
                    latest[cluster] = newest
    return latest


def _query(index: int, cluster: str) -> MetricDataQueryTypeDef:
    return {
        "Id": f"acu{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/RDS",
                "MetricName": "ServerlessDatabaseCapacity",
                "Dimensions": [{"Name": "DBClusterIdentifier", "Value": cluster}],
            },
            "Period": int(PERIOD.total_seconds()),
            "Stat": "Average",
        },
    }
