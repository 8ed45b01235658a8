"""EventBridge Scheduler's own rules, each broken once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.simulator import names as a
from tests.engine.simulator.arguments.scheduler import target
from tests.engine.simulator.caller import RefusedError
from tests.engine.simulator.samples import Samples

REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "no such group": ({"groupName": "other"}, "ResourceNotFoundException: Schedule group other"),
    "no expression": ({"scheduleExpression": "every day"}, "Invalid Schedule Expression every day"),
    "five fields of cron": ({"scheduleExpression": "cron(0 3 * * *)"}, "Invalid Schedule Expr"),
    "no such day": ({"scheduleExpression": "at(2026-02-30T03:00:00)"}, "Invalid Schedule Expr"),
    "no period": ({"scheduleExpression": "rate(0 minutes)"}, "Invalid Schedule Expression"),
    "unknown zone of time": (
        {"scheduleExpressionTimezone": "Mars/Phobos"},
        "Invalid Schedule Expression Timezone Mars/Phobos",
    ),
    "a window for none": (
        {"flexibleTimeWindow": {"mode": "OFF", "maximumWindowInMinutes": 5}},
        "MaximumWindowInMinutes",
    ),
    "no window": ({"flexibleTimeWindow": {"mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_aws_refuses(samples: Samples, case: str) -> None:
    arguments, words = REFUSALS[case]
    with pytest.raises(RefusedError, match=words):
        samples.make(a.SCHEDULE, **arguments)


def test_scheduler_must_be_trusted_by_the_role(samples: Samples) -> None:
    others = samples.one(a.ROLE)["arn"]
    with pytest.raises(RefusedError, match="must allow AWS EventBridge Scheduler to assume"):
        samples.make(a.SCHEDULE, target=target(samples, roleArn=others))
    nobody = "arn:aws:iam::123456789012:role/nobody"
    with pytest.raises(RefusedError, match="must allow AWS EventBridge Scheduler to assume"):
        samples.make(a.SCHEDULE, target=target(samples, roleArn=nobody))


def test_tasks_run_in_a_cluster_with_overrides_that_are_json(samples: Samples) -> None:
    service = "arn:aws:ecs:us-east-1:123456789012:service/fleet/web"
    with pytest.raises(RefusedError, match="Provided Arn is not in correct format"):
        samples.make(a.SCHEDULE, target=target(samples, arn=service))
    with pytest.raises(RefusedError, match="Invalid RequestJson"):
        samples.make(a.SCHEDULE, target=target(samples, input="{true"))
    both = {**target(samples)["ecsParameters"], "launchType": "FARGATE"}
    with pytest.raises(RefusedError, match="can't both be set"):
        samples.make(a.SCHEDULE, target=target(samples, ecsParameters=both))


def test_two_schedules_of_a_group_have_two_names(samples: Samples) -> None:
    name = samples.make(a.SCHEDULE)["name"]
    with pytest.raises(RefusedError, match=f"ConflictException: Schedule {name} already exists"):
        samples.make(a.SCHEDULE, name=name)
    samples.make(a.SCHEDULE, name=name, groupName="default")


def test_schedules_go_with_their_group(samples: Samples) -> None:
    made = samples.make(a.SCHEDULE)
    samples.aws.delete(samples.one(a.SCHEDULES))
    assert samples.aws.read(made) is None
