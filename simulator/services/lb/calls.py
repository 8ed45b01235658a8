"""The health of targets: those of a service's tasks, all healthy."""

from __future__ import annotations

from typing import Any

from simulator.calls import answers
from simulator.errors import AwsError
from simulator.local.task import read_tasks
from simulator.services.ecs import rollout
from simulator.services.ecs.calls import SERVICE
from simulator.world import World

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"


@answers("elbv2", "DescribeLoadBalancers")
def describe_load_balancers(world: World, params: dict[str, Any]) -> dict[str, Any]:
    return {
        "LoadBalancers": [
            {
                "LoadBalancerArn": one.props["arn"],
                "LoadBalancerName": one.props["name"],
                "DNSName": one.props["dnsName"],
            }
            for one in world.resources(LOAD_BALANCER)
        ]
    }


@answers("elbv2", "DescribeTags")
def describe_tags(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """Of load balancers alone."""
    return {
        "TagDescriptions": [
            {"ResourceArn": one.props["arn"], **_tags(one.props.get("tagsAll") or {})}
            for one in world.resources(LOAD_BALANCER)
            if one.props["arn"] in params["ResourceArns"]
        ]
    }


@answers("elbv2", "DescribeTargetHealth")
def describe_target_health(world: World, params: dict[str, Any]) -> dict[str, Any]:
    group = params["TargetGroupArn"]
    if world.get(TARGET_GROUP, group) is None:
        raise AwsError("TargetGroupNotFound", f"Target groups '{group}' not found")
    if rollout.is_running(world):
        return {"TargetHealthDescriptions": _running_targets(world, group)}
    tasks = sum(
        int(service.props.get("desiredCount") or 0)
        for service in world.resources(SERVICE)
        if any(one["targetGroupArn"] == group for one in service.props.get("loadBalancers", []))
    )
    return {"TargetHealthDescriptions": [{"TargetHealth": {"State": "healthy"}}] * tasks}


def _running_targets(world: World, group: str) -> list[dict[str, Any]]:
    """The tasks of the group's services, as the agent found them last."""
    services = {
        (one.props["cluster"], one.props["name"]): balancer["containerPort"]
        for one in world.resources(SERVICE)
        for balancer in one.props.get("loadBalancers", [])
        if balancer["targetGroupArn"] == group
    }
    return [
        {
            "Target": {"Id": one.address, "Port": services[one.cluster, one.service]},
            "TargetHealth": {"State": one.health},
        }
        for one in read_tasks(world)
        if (one.cluster, one.service) in services and one.address and one.health != "unused"
    ]


def _tags(tags: dict[str, str]) -> dict[str, Any]:
    """The list is left out where there are none."""
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"Tags": listed} if listed else {}
