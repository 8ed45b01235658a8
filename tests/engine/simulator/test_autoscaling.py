"""Application Auto Scaling's own rules, each broken once."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import happenings
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import Made, RefusedError
from tests.engine.simulator.samples import Samples

REQUESTS = {
    "predefinedMetricSpecification": {"predefinedMetricType": "ALBRequestCountPerTarget"},
    "targetValue": 100,
}
REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "no service": (
        a.SCALABLE,
        {"resourceId": "service/fleet/other"},
        "ValidationException: ECS service doesn't exist",
    ),
    "less than the minimum": (a.SCALABLE, {"maxCapacity": 1}, "Maximum capacity cannot be less"),
    "less than nothing": (a.SCALABLE, {"minCapacity": -1}, "must not be negative"),
    "another dimension": (
        a.SCALABLE,
        {"scalableDimension": "ec2:spot-fleet-request:TargetCapacity"},
        "Unsupported service namespace",
    ),
    "policy without target": (
        a.POLICY,
        {"resourceId": "service/fleet/other"},
        "ObjectNotFoundException",
    ),
    "policy without settings": (
        a.POLICY,
        {"targetTrackingScalingPolicyConfiguration": None},
        "needs targetTrackingScalingPolicyConfiguration",
    ),
    "requests without label": (
        a.POLICY,
        {"targetTrackingScalingPolicyConfiguration": REQUESTS},
        "You must specify a resource label",
    ),
    "action without target": (
        a.ACTION,
        {"resourceId": "service/fleet/other"},
        "ObjectNotFoundException",
    ),
    "action without bounds": (a.ACTION, {"scalableTargetAction": {}}, "at least one of"),
    "action out of bounds": (
        a.ACTION,
        {"scalableTargetAction": {"minCapacity": 4, "maxCapacity": 2}},
        "Maximum capacity cannot be less",
    ),
    "unknown zone of time": (a.ACTION, {"timezone": "Mars/Phobos"}, "Invalid timezone"),
    "five fields of cron": (a.ACTION, {"schedule": "cron(0 8 * * 1)"}, "Invalid schedule"),
    "no schedule at all": (a.ACTION, {"schedule": "at dawn"}, "Invalid schedule"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_application_auto_scaling_refuses(samples: Samples, case: str) -> None:
    token, arguments, words = REFUSALS[case]
    with pytest.raises(RefusedError, match=words):
        samples.make(token, **arguments)


@pytest.mark.parametrize(
    "schedule", ["rate(1 hour)", "at(2030-01-01T08:00:00)", "cron(0 8 ? * MON-FRI *)"]
)
def test_the_forms_of_a_schedule(samples: Samples, schedule: str) -> None:
    assert samples.make(a.ACTION, schedule=schedule)["schedule"] == schedule


def test_policies_and_actions_go_with_their_target(samples: Samples) -> None:
    policy, action = samples.one(a.POLICY), samples.one(a.ACTION)
    samples.aws.delete(samples.one(a.SCALABLE))
    assert samples.aws.read(policy) is None
    assert samples.aws.read(action) is None
    samples.aws.delete(policy)


def count(samples: Samples, service: Made) -> int:
    found = samples.aws.world.get(a.SERVICE, service.id)
    assert found is not None
    return int(found.props["desiredCount"])


def test_new_bounds_do_not_move_the_count_but_a_scheduled_action_does(samples: Samples) -> None:
    service, target = samples.one(a.SERVICE), samples.one(a.SCALABLE)
    samples.aws.update(target, minCapacity=3, maxCapacity=8)
    assert count(samples, service) == 2
    action = samples.make(a.ACTION)
    happenings.run_scheduled_action(samples.aws.world, action["name"])
    assert count(samples, service) == 4


def test_an_alarm_moves_the_count_within_the_bounds(samples: Samples) -> None:
    service, world = samples.one(a.SERVICE), samples.aws.world
    cluster = samples.one(a.CLUSTER)["name"]
    happenings.scale(world, cluster, service["name"], 9)
    assert count(samples, service) == 9
    samples.one(a.SCALABLE)
    happenings.scale(world, cluster, service["name"], 9)
    assert count(samples, service) == 4


def test_what_is_not_there_cannot_happen(samples: Samples) -> None:
    with pytest.raises(LookupError, match="no scheduled action"):
        happenings.run_scheduled_action(samples.aws.world, "morning")
    with pytest.raises(LookupError, match="no service"):
        happenings.scale(samples.aws.world, "fleet", "blog", 3)
