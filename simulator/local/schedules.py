"""EventBridge Scheduler: starts the tasks that the account's schedules name, by the clock."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from simulator.errors import AwsError
from simulator.local.clock import Clock
from simulator.services.ecs.task_calls import run_task
from simulator.services.scheduler.rules import SCHEDULE
from simulator.world import World

log = logging.getLogger("agent")


def start_due(world: World, clock: Clock) -> None:
    """Starts each task whose time has come since the last call."""
    now = datetime.now(UTC)
    for schedule in world.resources(SCHEDULE):
        props = schedule.props
        zone = props["scheduleExpressionTimezone"]
        due = clock.is_due(f"{SCHEDULE} {schedule.key}", props["scheduleExpression"], zone, now)
        if due and props.get("state") != "DISABLED":
            try:
                run_task(world, _asked(props))
            except AwsError as error:
                # On AWS a dead letter, in the end.
                log.warning("the schedule %s starts nothing: %s", props["name"], error)


def _asked(props: dict[str, Any]) -> dict[str, Any]:
    """What Scheduler asks ECS for."""
    target = props["target"]
    given = target["ecsParameters"]
    return {
        "cluster": target["arn"],
        # Without a revision: the newest of the family.
        "taskDefinition": given["taskDefinitionArn"].rpartition("/")[2],
        "group": given.get("group"),
        "capacityProviderStrategy": given.get("capacityProviderStrategies"),
        "overrides": json.loads(target.get("input") or "{}"),
        "startedBy": f"chronos-schedule/{props['name']}",
    }
