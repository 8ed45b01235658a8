"""The health of targets: those of a service's tasks, all healthy."""

from __future__ import annotations

from typing import Any

from simulator.calls import answers
from simulator.errors import AwsError
from simulator.services.ecs.calls import SERVICE
from simulator.world import World

TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"


@answers("elbv2", "DescribeTargetHealth")
def describe_target_health(world: World, params: dict[str, Any]) -> dict[str, Any]:
    group = params["TargetGroupArn"]
    if world.get(TARGET_GROUP, group) is None:
        raise AwsError("TargetGroupNotFound", f"Target groups '{group}' not found")
    tasks = sum(
        int(service.props.get("desiredCount") or 0)
        for service in world.resources(SERVICE)
        if any(one["targetGroupArn"] == group for one in service.props.get("loadBalancers", []))
    )
    return {"TargetHealthDescriptions": [{"TargetHealth": {"State": "healthy"}}] * tasks}
