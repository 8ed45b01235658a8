"""Metrics (the capacity of Aurora clusters, which idle at their least) and logs (all empty)."""

from __future__ import annotations

from typing import Any

from simulator.calls import answers
from simulator.errors import AwsError
from simulator.services.ecs import rollout
from simulator.services.rds.calls import CLUSTER, bounds
from simulator.world import World


@answers("cloudwatch", "GetMetricData")
def get_metric_data(world: World, params: dict[str, Any]) -> dict[str, Any]:
    capacity = {
        one.props["clusterIdentifier"]: bounds(one)["MinCapacity"]
        for one in world.resources(CLUSTER)
    }
    results: list[dict[str, Any]] = []
    for query in params["MetricDataQueries"]:
        metric = query["MetricStat"]["Metric"]
        known = [
            capacity[one["Value"]]
            for one in metric["Dimensions"]
            if metric["MetricName"] == "ServerlessDatabaseCapacity" and one["Value"] in capacity
        ]
        results.append(
            {"Id": query["Id"], "Timestamps": [params["EndTime"]] * len(known), "Values": known}
        )
    return {"MetricDataResults": results}


@answers("logs", "GetLogEvents")
def get_log_events(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """A stream from its beginning on; the token counts what was told of it."""
    asked = {"logGroupName": params["logGroupName"], "logStreamNames": [params["logStreamName"]]}
    found = filter_log_events(world, asked)["events"]
    if not found:
        raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
    told = int((params.get("nextToken") or "f/0").removeprefix("f/"))
    fields = ("timestamp", "message", "ingestionTime")
    return {
        "events": [{name: one[name] for name in fields} for one in found[told:]],
        "nextForwardToken": f"f/{len(found)}",
        "nextBackwardToken": "b/0",
    }


@answers("logs", "FilterLogEvents")
def filter_log_events(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if world.get("aws:cloudwatch/logGroup:LogGroup", params["logGroupName"]) is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    if not rollout.is_running(world):
        return {"events": []}
    from simulator.local.logs import events

    return {"events": events(world, params)}
