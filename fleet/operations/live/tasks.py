"""The tasks of a cluster: which capacity they run on, and why the last ones stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from fleet.batches import in_batches

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import TaskTypeDef

TASKS_A_CALL = 100
SERVICE_GROUP = "service:"

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTasks:
    """Tasks of one site on one capacity provider, FARGATE or FARGATE_SPOT.

    `pending`: all that are on their way to RUNNING.
    """

    provider: str
    running: int
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedTask:
    """A task that ended within about the last hour; ECS forgets older ones.

    `code` is ECS's own word, such as EssentialContainerExited or SpotInterruption. `reason` is its
    sentence, with those of the containers; `exit_code` that of the first container to have failed.
    """

    id: str
    stopped: datetime | None
    code: str
    reason: str
    exit_code: int | None


def read_running(ecs: ECSClient, cluster: str) -> dict[str, tuple[ProviderTasks, ...]]:
    """Service -> its tasks by capacity provider: two calls for 100 tasks."""
    running: dict[str, Counter[str]] = {}
    pending: dict[str, Counter[str]] = {}
    for service, task in _tasks(ecs, cluster, "RUNNING"):
        counted = running if task.get("lastStatus") == "RUNNING" else pending
        # A task started by hand may name a launch type instead.
        provider = task.get("capacityProviderName") or task.get("launchType", "?")
        counted.setdefault(service, Counter())[provider] += 1
    return {
        service: tuple(
            ProviderTasks(provider=provider, running=up[provider], pending=coming[provider])
            for provider in sorted(up | coming)
        )
        for service in running.keys() | pending.keys()
        for up, coming in [(running.get(service, Counter()), pending.get(service, Counter()))]
    }


def read_stopped(ecs: ECSClient, cluster: str) -> dict[str, tuple[StoppedTask, ...]]:
    """Service -> its stopped tasks, the last one first."""
    stopped: dict[str, list[TaskTypeDef]] = {}
    for service, task in _tasks(ecs, cluster, "STOPPED"):
        stopped.setdefault(service, []).append(task)
    return {
        service: tuple(_stopped(task) for task in sorted(tasks, key=_end, reverse=True))
        for service, tasks in stopped.items()
    }


def running_task(ecs: ECSClient, cluster: str, service: str) -> TaskTypeDef | None:
    """The task of the service that has run longest, or None."""
    arns = ecs.list_tasks(cluster=cluster, serviceName=service)["taskArns"]
    if not arns:
        return None
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns[:TASKS_A_CALL])["tasks"]
    up = [task for task in tasks if task.get("lastStatus") == "RUNNING"]
    return min(up, key=lambda task: task.get("createdAt", _LONG_AGO), default=None)


def task_id(task: TaskTypeDef) -> str:
    """The last part of the task's ARN."""
    return task.get("taskArn", "").rsplit("/", 1)[-1]


def _tasks(
    ecs: ECSClient, cluster: str, desired: Literal["RUNNING", "STOPPED"]
) -> Iterator[tuple[str, TaskTypeDef]]:
    """The tasks of services, each with its service's name."""
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, desiredStatus=desired)
    arns = [arn for page in pages for arn in page["taskArns"]]
    for batch in in_batches(arns, TASKS_A_CALL):
        for task in ecs.describe_tasks(cluster=cluster, tasks=batch)["tasks"]:
            group = task.get("group", "")
            if group.startswith(SERVICE_GROUP):
                yield group.removeprefix(SERVICE_GROUP), task


def _end(task: TaskTypeDef) -> datetime:
    return task.get("stoppedAt", _LONG_AGO)


def _stopped(task: TaskTypeDef) -> StoppedTask:
    containers = task.get("containers", [])
    said = [task.get("stoppedReason"), *(one.get("reason") for one in containers)]
    codes = [code for one in containers if (code := one.get("exitCode"))]
    return StoppedTask(
        id=task_id(task),
        stopped=task.get("stoppedAt"),
        code=task.get("stopCode", ""),
        reason="; ".join(dict.fromkeys(text for text in said if text)),
        exit_code=codes[0] if codes else None,
    )
