"""EventBridge Scheduler: what a schedule starts, as whom, and when."""

from __future__ import annotations

import json
import re
import zoneinfo
from datetime import datetime
from typing import Any

from simulator.errors import AwsError
from simulator.policies import trusted_services
from simulator.rules import Call, Rules, rules_for

SCHEDULE = "aws:scheduler/schedule:Schedule"
GROUP = "aws:scheduler/scheduleGroup:ScheduleGroup"
ROLE = "aws:iam/role:Role"

_SERVICE = "scheduler.amazonaws.com"
_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_CRON = re.compile(r"cron\((.+)\)")
_CLUSTER = re.compile(r"arn:[a-z-]+:ecs:[a-z0-9-]+:\d{12}:cluster/.+")


@rules_for(GROUP)
class ScheduleGroup(Rules):
    """A group of schedules."""

    def delete(self, call: Call) -> None:
        """Its schedules go with it."""
        for inside in call.world.find(SCHEDULE, groupName=call.props["name"]):
            call.world.remove(SCHEDULE, inside.key)


@rules_for(SCHEDULE)
class Schedule(Rules):
    """A time and what is started at it."""

    def create(self, call: Call) -> None:
        """A time that comes, and a target that may be started."""
        _check_time(call.props)
        _check_role(call)
        _check_target(call.props["target"])

    update = create


def _check_time(props: dict[str, Any]) -> None:
    expression = props["scheduleExpression"]
    if not _is_expression(expression):
        raise AwsError("ValidationException", f"Invalid Schedule Expression {expression}.")
    zone = props["scheduleExpressionTimezone"]
    if zone not in zoneinfo.available_timezones():
        raise AwsError("ValidationException", f"Invalid Schedule Expression Timezone {zone}.")
    window = props["flexibleTimeWindow"]
    if (window["mode"] == "FLEXIBLE") != bool(window.get("maximumWindowInMinutes")):
        raise AwsError(
            "ValidationException",
            "MaximumWindowInMinutes must be set for the mode FLEXIBLE, and for no other.",
        )


def _is_expression(expression: str) -> bool:
    from aws_cron_expression_validator.validator import AWSCronExpressionValidator

    at, cron = _AT.fullmatch(expression), _CRON.fullmatch(expression)
    try:
        if at:
            return bool(datetime.fromisoformat(at[1]))
        if cron:
            return bool(AWSCronExpressionValidator.validate(cron[1]))
    except ValueError:
        return False
    return bool(_RATE.fullmatch(expression))


def _check_role(call: Call) -> None:
    """Scheduler asks STS for the role when a schedule is written."""
    found = call.world.find(ROLE, arn=call.props["target"]["roleArn"])
    if not found or _SERVICE not in trusted_services(found[0].props["assumeRolePolicy"]):
        raise AwsError(
            "ValidationException",
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the "
            "role.",
        )


def _check_target(target: dict[str, Any]) -> None:
    tasks = target.get("ecsParameters")
    if tasks is None:
        return
    if not _CLUSTER.fullmatch(target["arn"]):
        raise AwsError("ValidationException", "Provided Arn is not in correct format.")
    if tasks.get("launchType") and tasks.get("capacityProviderStrategies"):
        raise AwsError(
            "ValidationException",
            "LaunchType and CapacityProviderStrategy can't both be set in EcsParameters.",
        )
    if target.get("input") is not None:
        try:
            json.loads(target["input"])
        except ValueError:
            raise AwsError(
                "ValidationException", "Invalid RequestJson provided in the Input."
            ) from None
