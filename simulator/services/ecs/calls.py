"""Clusters, services and their tasks."""

from __future__ import annotations

import uuid
from typing import Any

from simulator.calls import answers
from simulator.errors import AwsError
from simulator.services.ecs import rollout, running, task_calls
from simulator.services.ecs.rollout import SERVICE
from simulator.world import Resource, World

CLUSTER = "aws:ecs/cluster:Cluster"

__all__ = ["SERVICE", "task_calls"]

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
    return {"services": [_described(world, one) for one in found]}


@answers("ecs", "DescribeServiceDeployments")
def describe_service_deployments(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """Of the failed ones alone: those that go on and those that went well have no record here."""
    wanted = set(params["serviceDeploymentArns"])
    return {
        "serviceDeployments": [
            {
                "serviceDeploymentArn": _deployment_arn(one),
                "serviceArn": one.props["arn"],
                "status": one.props["_failure"],
                "statusReason": rollout.BREAKER,
                "deploymentCircuitBreaker": {"status": "TRIGGERED", "failureCount": 3},
            }
            for one in world.resources(SERVICE)
            if one.props.get("_failure") and _deployment_arn(one) in wanted
        ]
    }


@answers("ecs", "ListTasks")
def list_tasks(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if rollout.is_running(world):
        _services(world, params["cluster"])
        return {"taskArns": [one.arn for one in running.matching(world, params)]}
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
    if rollout.is_running(world):
        known = running.tasks_in(world, params["cluster"])
        found = [one for one in known if one.arn in wanted or one.id in wanted]
        return {"tasks": [running.described(world, one) for one in found]}
    return {"tasks": [one for one in _tasks(world, params["cluster"]) if one["taskArn"] in wanted]}


def _services(world: World, cluster: str) -> list[Resource]:
    clusters = {
        one.props["arn"]
        for one in world.resources(CLUSTER)
        if cluster in (one.props["name"], one.props["arn"])
    }
    if not clusters:
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return [one for one in world.resources(SERVICE) if one.props["cluster"] in clusters]


def _described(world: World, service: Resource) -> dict[str, Any]:
    props = service.props
    desired = int(props.get("desiredCount") or 0)
    failed = {"currentServiceDeployment": _deployment_arn(service)} if props.get("_failure") else {}
    up, coming = _counts(world, service)
    return {
        "serviceName": props["name"],
        "serviceArn": props["arn"],
        "status": "ACTIVE",
        "taskDefinition": props.get("taskDefinition", ""),
        "desiredCount": desired,
        "runningCount": up,
        "pendingCount": coming,
        "loadBalancers": [
            {"targetGroupArn": one["targetGroupArn"]} for one in props.get("loadBalancers", [])
        ],
        "capacityProviderStrategy": props.get("capacityProviderStrategies", []),
        "deployments": rollout.deployments(world, service),
        "events": rollout.events(world, service),
        **failed,
    }


def _counts(world: World, service: Resource) -> tuple[int, int]:
    """Its running tasks, and those on their way there."""
    if not rollout.is_running(world):
        return len(rollout.running(world, service)), 0
    name, cluster = service.props["name"], service.props["cluster"]
    last = [one.last for one in running.tasks_in(world, cluster) if one.service == name]
    return last.count("RUNNING"), last.count("PENDING")


def _deployment_arn(service: Resource) -> str:
    """The record of the service's last deployment."""
    stem = service.props["arn"].replace(":service/", ":service-deployment/")
    return f"{stem}/{service.props['_deployments']}"


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
        for number, provider in enumerate(rollout.running(world, service))
    ]
