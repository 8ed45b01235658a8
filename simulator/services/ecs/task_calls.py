"""Calls that take a task which really runs: into it, beside it, or to its end."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from simulator.calls import answers
from simulator.errors import AwsError
from simulator.local.orders import ask_to_stop
from simulator.local.task import Task
from simulator.services.ecs import rollout, running
from simulator.services.ecs.task_definitions import TASK_DEFINITION
from simulator.world import Resource, World

CLUSTER = "aws:ecs/cluster:Cluster"


@answers("ecs", "DescribeTaskDefinition")
def describe_task_definition(world: World, params: dict[str, Any]) -> dict[str, Any]:
    found = _definition(world, params["taskDefinition"])
    return {
        "taskDefinition": {
            "taskDefinitionArn": found.key,
            "family": found.props["family"],
            "revision": found.props["revision"],
            "containerDefinitions": json.loads(found.props["containerDefinitions"]),
            "cpu": found.props["cpu"],
            "memory": found.props["memory"],
            "status": "ACTIVE",
        }
    }


@answers("ecs", "RunTask")
def run_task(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """A task of its own, which the agent starts; of one client token there is one."""
    definition = _definition(world, params["taskDefinition"])
    (cluster,) = _clusters(world, params["cluster"])
    token = params.get("clientToken") or uuid.uuid4().hex
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"{cluster}/{token}").hex
    strategy = params.get("capacityProviderStrategy") or [{"capacityProvider": "FARGATE"}]
    asked = params.get("overrides") or {}
    task = Task(
        id=number,
        arn=f"{cluster.replace(':cluster/', ':task/')}/{number}",
        cluster=cluster,
        group=params.get("group") or f"family:{definition.props['family']}",
        definition=definition.key,
        provider=strategy[0]["capacityProvider"],
        created=time.time(),
        started_by=params.get("startedBy") or "",
        overrides=_overrides(asked),
        asked=asked,
    )
    known = {one.id: one for one in running.tasks_in(world, cluster)}
    if number not in known:
        if not rollout.is_running(world):
            reason = "RESOURCE:no container engine"
            return {"tasks": [], "failures": [{"arn": definition.key, "reason": reason}]}
        task.save(world)
    return {"tasks": [running.described(world, known.get(number, task))], "failures": []}


@answers("ecs", "StopTask")
def stop_task(world: World, params: dict[str, Any]) -> dict[str, Any]:
    found = _task(world, params)
    if found is None:
        raise AwsError("InvalidParameterException", "The referenced task was not found.")
    ask_to_stop(world, found.id, "UserInitiated", params.get("reason") or "Task stopped by user")
    return {"task": running.described(world, found)}


@answers("ecs", "ExecuteCommand")
def execute_command(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """A session that `simulator/bin/session-manager-plugin` carries."""
    found = _task(world, params)
    container = found.container(params["container"]) if found else None
    if found is None or container is None or container.exit is not None:
        raise AwsError("TargetNotConnectedException", "The execute command failed.")
    folder = str(world.path.resolve().parents[1])
    session = f"ecs-execute-command-{uuid.uuid4().hex[:17]}"
    token = {"folder": folder, "container": container.id, "command": params["command"]}
    return {
        "clusterArn": found.cluster,
        "containerName": container.name,
        "interactive": True,
        "taskArn": found.arn,
        "session": {
            "sessionId": session,
            "streamUrl": f"local:{session}",
            "tokenValue": json.dumps(token),
        },
    }


def _task(world: World, params: dict[str, Any]) -> Task | None:
    tasks = running.tasks_in(world, params["cluster"])
    return next((one for one in tasks if params["task"] in (one.arn, one.id)), None)


def _clusters(world: World, cluster: str) -> list[str]:
    found = [
        one.props["arn"]
        for one in world.resources(CLUSTER)
        if cluster in (one.props["name"], one.props["arn"])
    ]
    if not found:
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return found


def _definition(world: World, wanted: str) -> Resource:
    """By its ARN, or the latest of a family."""
    found = [
        one
        for one in world.resources(TASK_DEFINITION)
        if wanted
        in (one.key, one.props["family"], f"{one.props['family']}:{one.props['revision']}")
    ]
    if not found:
        raise AwsError("ClientException", "Unable to describe task definition.")
    return max(found, key=lambda one: int(one.props["revision"]))


def _overrides(asked: dict[str, Any]) -> dict[str, Any]:
    """As the agent keeps them: `cpu`, `memory`, and for a container what is other."""
    sizes = {name: asked[name] for name in ("cpu", "memory") if name in asked}
    containers = {
        one["name"]: {
            **({"command": one["command"]} if "command" in one else {}),
            "environment": {pair["name"]: pair["value"] for pair in one.get("environment") or []},
        }
        for one in asked.get("containerOverrides") or []
    }
    return {**sizes, **containers}
