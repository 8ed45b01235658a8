"""Application Auto Scaling for ECS services."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for
from simulator.world import World

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
SERVICE = "aws:ecs/service:Service"

_SERVICE = re.compile(r"service/(?P<cluster>[^/]+)/(?P<service>[^/]+)")
_DIMENSION = "ecs:service:DesiredCount"
_LABEL = re.compile(r"app/[^/]+/[0-9a-f]{16}/targetgroup/[^/]+/[0-9a-f]{16}")
_BLOCKS = {
    "TargetTrackingScaling": "targetTrackingScalingPolicyConfiguration",
    "StepScaling": "stepScalingPolicyConfiguration",
    "PredictiveScaling": "predictiveScalingPolicyConfiguration",
}


def service_of_target(world: World, resource_id: str) -> Any:
    """The ECS service that a resource id of a scalable target stands for, or None."""
    match = _SERVICE.fullmatch(resource_id)
    if match is None:
        return None
    found = world.find(SERVICE, _cluster=match["cluster"], name=match["service"])
    return found[0] if found else None


@rules_for(TARGET)
class Target(Rules):
    """The bounds of a service's desired count. New bounds don't move the count."""

    def create(self, call: Call) -> None:
        """Sane bounds for a service that exists."""
        low, high = call.props["minCapacity"], call.props["maxCapacity"]
        if low < 0 or high < 0:
            raise AwsError("ValidationException", "Capacity must not be negative")
        if low > high:
            raise AwsError(
                "ValidationException", "Maximum capacity cannot be less than minimum capacity"
            )
        resource_id = call.props["resourceId"]
        trio = (call.props["serviceNamespace"], call.props["scalableDimension"])
        if trio != ("ecs", _DIMENSION) or not _SERVICE.fullmatch(resource_id):
            raise AwsError(
                "ValidationException",
                f"Unsupported service namespace, resource type or scalable dimension: {trio} "
                f"{resource_id}",
            )
        if service_of_target(call.world, resource_id) is None:
            raise AwsError("ValidationException", f"ECS service doesn't exist: {resource_id}")

    update = create

    def delete(self, call: Call) -> None:
        """Policies and scheduled actions go with their target."""
        for token in (POLICY, ACTION):
            for inside in call.world.find(
                token,
                resourceId=call.props["resourceId"],
                scalableDimension=call.props["scalableDimension"],
            ):
                call.world.remove(token, inside.key)


def _refuse_without_target(call: Call) -> None:
    names = ("serviceNamespace", "resourceId", "scalableDimension")
    namespace, resource_id, dimension = (str(call.props[name]) for name in names)
    if call.world.get(TARGET, f"{namespace}/{resource_id}/{dimension}") is None:
        raise AwsError(
            "ObjectNotFoundException",
            f"No scalable target registered for service namespace: {namespace}, resource ID: "
            f"{resource_id}, scalable dimension: {dimension}",
        )


@rules_for(POLICY)
class Policy(Rules):
    """How the count follows a metric."""

    def compute(self, call: Call) -> None:
        """AWS makes two alarms for a policy that tracks a target."""
        if call.props.get("policyType") == "TargetTrackingScaling":
            stem = f"arn:aws:cloudwatch:{call.region}:123456789012:alarm:TargetTracking-"
            name = f"{call.props['resourceId']}-{call.props.get('name')}"
            call.props["alarmArns"] = [f"{stem}{name}-AlarmHigh", f"{stem}{name}-AlarmLow"]

    def create(self, call: Call) -> None:
        """A target to act on, and the settings of its own kind."""
        _refuse_without_target(call)
        kind = call.props["policyType"]
        settings = call.props.get(_BLOCKS[kind])
        if not settings:
            raise AwsError("ValidationException", f"{kind} needs {_BLOCKS[kind]}")
        metric = settings.get("predefinedMetricSpecification") or {}
        label = str(metric.get("resourceLabel") or "")
        by_request = metric.get("predefinedMetricType") == "ALBRequestCountPerTarget"
        if by_request and not _LABEL.fullmatch(label):
            raise AwsError(
                "ValidationException",
                "You must specify a resource label app/LOAD-BALANCER/ID/targetgroup/NAME/ID for "
                f"ALBRequestCountPerTarget: '{label}'",
            )

    update = create


@rules_for(ACTION)
class ScheduledAction(Rules):
    """New bounds at a time; unlike registering them, this moves the count into them."""

    def create(self, call: Call) -> None:
        """A target to act on, a time, and bounds."""
        _refuse_without_target(call)
        action = call.props["scalableTargetAction"]
        low, high = action.get("minCapacity"), action.get("maxCapacity")
        if low is None and high is None:
            raise AwsError(
                "ValidationException", "You must provide at least one of min and max capacity"
            )
        if low is not None and high is not None and low > high:
            raise AwsError(
                "ValidationException", "Maximum capacity cannot be less than minimum capacity"
            )
        if call.props.get("timezone") not in zoneinfo.available_timezones():
            raise AwsError("ValidationException", f"Invalid timezone: {call.props['timezone']}")
        _check_schedule(call.props["schedule"])

    update = create


def _check_schedule(expression: str) -> None:
    from aws_cron_expression_validator.validator import AWSCronExpressionValidator

    cron = re.fullmatch(r"cron\((.+)\)", expression)
    plain = r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|rate\([1-9]\d* (minute|hour|day)s?\)"
    valid = bool(re.fullmatch(plain, expression))
    if cron:
        try:
            valid = bool(AWSCronExpressionValidator.validate(cron[1]))
        except ValueError:
            valid = False
    if not valid:
        raise AwsError("ValidationException", f"Invalid schedule expression: {expression}")
