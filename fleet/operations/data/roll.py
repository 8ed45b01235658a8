"""New tasks in the place of all of a site's that began before a moment, by ECS's own rollout."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fleet.batches import in_batches
from fleet.operations.data.place import Place
from fleet.operations.live.tasks import SERVICE_GROUP, TASKS_A_CALL, task_id
from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef, TaskTypeDef

POLL_SECONDS = 5.0
# As long as one task at a time with a slow drain takes; a task of the site's own may be at work.
PATIENCE = timedelta(hours=2)


def roll(
    place: Place,
    since: datetime,
    *,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Returns when no task of the site runs that began before `since`, and its service is steady.

    Called again it goes on: a deployment that began since then is waited for. Of a site without a
    service its one-off tasks alone. Raises OperationError: the new tasks don't come up, or an old
    one doesn't end.
    """
    latest, asked = clock() + PATIENCE.total_seconds(), False
    while True:
        service, old = _service(place), _began_before(place, since)
        if service and any(_serves(task) for task in old) and not _deploys(service, since):
            if asked:
                raise OperationError(_went_back(place, service))
            place.ecs.update_service(
                cluster=place.cluster, service=place.site.name, forceNewDeployment=True
            )
            asked = True
        elif not old and (service is None or _is_steady(service)):
            return
        if clock() > latest:
            raise OperationError(_too_long(place, old))
        sleep(POLL_SECONDS)


def _service(place: Place) -> ServiceTypeDef | None:
    """None while the site is paused."""
    found = place.ecs.describe_services(cluster=place.cluster, services=[place.site.name])
    return next((one for one in found["services"] if one.get("status") == "ACTIVE"), None)


def _began_before(place: Place, since: datetime) -> list[TaskTypeDef]:
    """The site's tasks of then that haven't ended, those of its service and others.

    One that ECS wants stopped still answers the requests that it has.
    """
    pages = place.ecs.get_paginator("list_tasks")
    arns = [
        arn
        for state in ("RUNNING", "STOPPED")
        for page in pages.paginate(cluster=place.cluster, family=place.family, desiredStatus=state)
        for arn in page["taskArns"]
    ]
    return [
        task
        for batch in in_batches(arns, TASKS_A_CALL)
        for task in place.ecs.describe_tasks(cluster=place.cluster, tasks=batch)["tasks"]
        if task.get("lastStatus") != "STOPPED" and task.get("createdAt", since) <= since
    ]


def _serves(task: TaskTypeDef) -> bool:
    return task.get("group", "").startswith(SERVICE_GROUP)


def _deploys(service: ServiceTypeDef, since: datetime) -> bool:
    """Whether a deployment is under way that began since then."""
    return any(
        one.get("status") == "PRIMARY"
        and one.get("rolloutState") == "IN_PROGRESS"
        and one.get("createdAt", since) > since
        for one in service.get("deployments", [])
    )


def _is_steady(service: ServiceTypeDef) -> bool:
    return [one.get("rolloutState") for one in service.get("deployments", [])] == ["COMPLETED"]


def _went_back(place: Place, service: ServiceTypeDef) -> str:
    """ECS's circuit breaker gave up and keeps the old tasks, whose values still work."""
    name, env = place.site.name, place.target.environment
    listed = service.get("deployments", [])
    why = [
        one.get("rolloutStateReason", "") for one in listed if one.get("rolloutState") == "FAILED"
    ]
    said = f": {why[0]}" if why and why[0] else ""
    return (
        f"{place.target.stack}: the new tasks of {name} don't come up{said}; "
        f"fleet logs --env {env} {name} says why, and the same command goes on"
    )


def _too_long(place: Place, old: list[TaskTypeDef]) -> str:
    ids = ", ".join(task_id(task)[:8] for task in old) or "its rollout"
    return (
        f"{place.target.stack}: {place.site.name} still has tasks of before ({ids}); "
        f"{place.command()} lists them, and the same command goes on"
    )
