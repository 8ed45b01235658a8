"""Starting a command in a task of its own, so that it is started once however often it is asked.

    one = start(place, make_order(place.site, ["wp", "cron", "event", "list"]))

The task is RunTask on the site's own task definition with another command, size and capacity:
nothing is registered. It doesn't need whoever started it; whoever has the token, or looks for the
site's tasks, finds it again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fleet.batches import in_batches
from fleet.operations.data.order import Order
from fleet.operations.data.place import Place, network_of
from fleet.operations.live.account import told_in_words
from fleet.operations.live.tasks import TASKS_A_CALL, task_id
from fleet.operations.problem import OperationError
from fleet.site.own_task import task_overrides

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import RunTaskResponseTypeDef, TaskTypeDef

# How `startedBy` of a one-off task begins; the token follows.
STARTED_BY = "fleet/"
# In the first part of the group of a task; the kind follows.
GROUP = "one-off:"
# What ECS says where neither of its capacities has room.
NO_CAPACITY = "Capacity is unavailable"


@dataclass(frozen=True, slots=True)
class OneOff:
    """A one-off task of a site: `id` is ECS's own."""

    place: Place
    id: str
    order: Order


def start(place: Place, order: Order, token: str | None = None) -> OneOff:
    """Starts the task, or finds the one that was started with this token.

    `token`: at most 64 letters, digits, - and _; within a day ECS starts none twice of one. Raises
    OperationError: a site that was never brought up, a call that AWS refuses, no capacity.
    """
    token = token or secrets.token_hex(16)
    order = order if order.by else replace(order, by=place.caller)
    with told_in_words(place.target):
        found = next((task for task in tasks_of(place) if _token(task) == token), None)
        if found is None:
            found = _started(place, _run(place, order, token), order)
    return OneOff(place, task_id(found), order)


def tasks_of(place: Place) -> list[TaskTypeDef]:
    """The site's tasks that aren't its service's, running or ended within about the last hour."""
    pages = place.ecs.get_paginator("list_tasks")
    try:
        arns = [
            arn
            for state in ("RUNNING", "STOPPED")
            for page in pages.paginate(
                cluster=place.cluster, family=place.family, desiredStatus=state
            )
            for arn in page["taskArns"]
        ]
    except place.ecs.exceptions.ClusterNotFoundException:
        arns = []
    return [
        task
        for batch in in_batches(arns, TASKS_A_CALL)
        for task in place.ecs.describe_tasks(cluster=place.cluster, tasks=batch)["tasks"]
        if not task.get("group", "").startswith("service:")
    ]


def _token(task: TaskTypeDef) -> str:
    return task.get("startedBy", "").removeprefix(STARTED_BY)


def _run(place: Place, order: Order, token: str) -> RunTaskResponseTypeDef:
    overrides: Any = task_overrides(
        order.words,
        cpu=order.cpu,
        memory=order.memory,
        spot=order.spot,
        # A paused site may never have been live; preparing it again changes nothing.
        prepared=place.site.state == "live",
        preparing=order.preparing,
        environment=order.environment,
    )
    # A lost answer is asked for again by botocore; with the token that starts no second task.
    return place.ecs.run_task(
        cluster=place.cluster,
        taskDefinition=place.family,
        count=1,
        clientToken=token,
        startedBy=f"{STARTED_BY}{token}",
        group=f"{GROUP}{order.kind}",
        capacityProviderStrategy=[
            {"capacityProvider": "FARGATE_SPOT" if order.spot else "FARGATE", "weight": 1}
        ],
        networkConfiguration=network_of(place),
        overrides=overrides,
        enableECSManagedTags=True,
        # Whose it is, for bills and for what looks for the site's things.
        propagateTags="TASK_DEFINITION",
        tags=[{"key": "Kind", "value": order.kind}],
    )


def _started(place: Place, answer: RunTaskResponseTypeDef, order: Order) -> TaskTypeDef:
    for failure in answer["failures"]:
        reason = failure.get("reason", "?")
        raise OperationError(
            f"{place.target.stack}: AWS started no task of {place.site.name}: "
            f"{no_capacity(order.spot) if NO_CAPACITY in reason else reason}"
        )
    return answer["tasks"][0]


def no_capacity(spot: bool) -> str:
    """What to do where there is no capacity."""
    kind = "Spot capacity" if spot else "capacity"
    return f"AWS has no {kind} now; {'add --on-demand' if spot else 'try again in some minutes'}"
