"""Clusters, services and their tasks."""

from __future__ import annotations

import uuid
from typing import Any

from simulator.calls import answers
from simulator.errors import AwsError
from simulator.world import Resource, World

CLUSTER = "aws:ecs/cluster:Cluster"
SERVICE = "aws:ecs/service:Service"

_TASKS = uuid.UUID("b6d1b1f0-6d3f-4f4a-9d53-3a1f4a2c7a10")


@answers("ecs", "DescribeClusters")
def describe_clusters(world: World, params: dict[str, Any]) -> dict[str, Any]:
    found = [one for one in world.resources(CLUSTER) if one.props["name"] in params["clusters"]]
    return {
        "clusters": [
            {"clusterName": one.props["name"], "clusterArn": one.props["arn"], "status": "ACTIVE"}
            for one in found
        ]
    }


@answers("ecs", "ListServices")
def list_services(world: World, params: dict[str, Any]) -> dict[str, Any]:
    return {"serviceArns": [one.props["arn"] for one in _services(world, params["cluster"])]}


@answers("ecs", "DescribeServices")
def describe_services(world: World, params: dict[str, Any]) -> dict[str, Any]:
    wanted = params["services"]
    found = [
        one
        for one in _services(world, params["cluster"])
        if one.props["name"] in wanted or one.props["arn"] in wanted
    ]
    return {"services": [_described(one) for one in found]}


@answers("ecs", "DescribeServiceDeployments")
def describe_service_deployments(_: World, __: dict[str, Any]) -> dict[str, Any]:
    return {"serviceDeployments": []}


@answers("ecs", "ListTasks")
def list_tasks(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if params.get("desiredStatus") == "STOPPED":
        return {"taskArns": []}
    only = params.get("serviceName")
    tasks = _tasks(world, params["cluster"])
    return {
        "taskArns": [one["taskArn"] for one in tasks if only in (None, one["group"].split(":")[1])]
    }


@answers("ecs", "DescribeTasks")
def describe_tasks(world: World, params: dict[str, Any]) -> dict[str, Any]:
    wanted = set(params["tasks"])
    return {"tasks": [one for one in _tasks(world, params["cluster"]) if one["taskArn"] in wanted]}


def placed(service: Resource) -> list[str]:
    """The capacity provider of each of the service's tasks.

    As ECS places them: the base first, then each next task where the share is the furthest below
    its weight.
    """
    strategy = service.props["capacityProviderStrategies"]
    tasks = [one["capacityProvider"] for one in strategy for _ in range(int(one.get("base") or 0))]
    desired = int(service.props.get("desiredCount") or 0)
    weighted: dict[str, int] = {
        one["capacityProvider"]: int(weight) for one in strategy if (weight := one.get("weight"))
    }
    above: list[str] = []
    while weighted and len(tasks) + len(above) < desired:
        above.append(min(weighted, key=lambda name: (above.count(name) + 1) / weighted[name]))
    return (tasks + above)[:desired]


def _services(world: World, cluster: str) -> list[Resource]:
    clusters = {
        one.props["arn"]
        for one in world.resources(CLUSTER)
        if cluster in (one.props["name"], one.props["arn"])
    }
    if not clusters:
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return [one for one in world.resources(SERVICE) if one.props["cluster"] in clusters]


def _described(service: Resource) -> dict[str, Any]:
    props = service.props
    desired = int(props.get("desiredCount") or 0)
    return {
        "serviceName": props["name"],
        "serviceArn": props["arn"],
        "status": "ACTIVE",
        "desiredCount": desired,
        "runningCount": desired,
        "pendingCount": 0,
        "loadBalancers": [
            {"targetGroupArn": one["targetGroupArn"]} for one in props.get("loadBalancers", [])
        ],
        "deployments": [
            {"status": "PRIMARY", "rolloutState": "COMPLETED", "desiredCount": desired}
        ],
    }


def _tasks(world: World, cluster: str) -> list[dict[str, Any]]:
    """All running ones; their ids follow from the service and a number."""
    return [
        {
            "taskArn": f"{service.props['arn'].replace(':service/', ':task/').rsplit('/', 1)[0]}"
            f"/{uuid.uuid5(_TASKS, f'{service.key}/{number}').hex}",
            "group": f"service:{service.props['name']}",
            "capacityProviderName": provider,
            "lastStatus": "RUNNING",
        }
        for service in _services(world, cluster)
        for number, provider in enumerate(placed(service))
    ]
