"""Tasks that really run, as ECS describes them, from what `simulator.local` keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator.local.task import Task, read_tasks
from simulator.services.ecs.task_definitions import TASK_DEFINITION, family_of
from simulator.world import World

_TIMES = {"createdAt": "created", "startedAt": "started", "stoppedAt": "stopped"}


def tasks_in(world: World, cluster: str) -> list[Task]:
    """The tasks of a cluster, by its name or ARN; stopped ones that ECS still remembers too."""
    name = cluster.rsplit("/", 1)[-1]
    return [one for one in read_tasks(world) if one.cluster.rsplit("/", 1)[-1] == name]


def matching(world: World, params: dict[str, Any]) -> list[Task]:
    """Those that a call of ListTasks asks for."""
    wanted = params.get("desiredStatus") or "RUNNING"
    service, family = params.get("serviceName"), params.get("family")
    return [
        one
        for one in tasks_in(world, params["cluster"])
        if (one.desired if one.last != "STOPPED" else "STOPPED") == wanted
        and service in (None, one.service)
        and family in (None, family_of(one.definition))
        and params.get("startedBy") in (None, one.started_by)
    ]


def described(world: World, task: Task) -> dict[str, Any]:
    """A task in the words of DescribeTasks."""
    found = world.get(TASK_DEFINITION, task.definition)
    size = found.props if found else {}
    times = {key: getattr(task, name) for key, name in _TIMES.items()}
    return {
        "taskArn": task.arn,
        "clusterArn": task.cluster,
        "taskDefinitionArn": task.definition,
        "group": task.group,
        "startedBy": task.started_by,
        "capacityProviderName": task.provider,
        "cpu": str(task.overrides.get("cpu") or size.get("cpu", "")),
        "memory": str(task.overrides.get("memory") or size.get("memory", "")),
        "desiredStatus": task.desired,
        "lastStatus": task.last,
        "overrides": task.asked,
        **{key: datetime.fromtimestamp(at, UTC) for key, at in times.items() if at},
        **({"stopCode": task.code, "stoppedReason": task.reason} if task.code else {}),
        "containers": [
            {
                "name": one.name,
                "runtimeId": one.id,
                "lastStatus": "RUNNING" if one.exit is None else "STOPPED",
                **({} if one.exit is None else {"exitCode": one.exit}),
                **({"reason": one.reason} if one.reason else {}),
            }
            for one in task.containers
        ],
    }
