"""Application Auto Scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    ACTION,
    CLUSTER,
    POLICY,
    SCALABLE,
    SERVICE,
    TRACKING,
)

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


def _scalable(samples: Samples) -> dict[str, Any]:
    return {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": f"service/{samples.one(CLUSTER)['name']}/{samples.one(SERVICE)['name']}",
    }


def _scaling(samples: Samples) -> dict[str, Any]:
    samples.one(SCALABLE)
    return _scalable(samples)


INPUTS: Inputs = {
    SCALABLE: lambda s: {**_scalable(s), "minCapacity": 2, "maxCapacity": 4},
    POLICY: lambda s: {
        **_scaling(s),
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": TRACKING,
    },
    ACTION: lambda s: {
        **_scaling(s),
        "schedule": "cron(0 8 ? * MON-FRI *)",
        "scalableTargetAction": {"minCapacity": 4, "maxCapacity": 8},
    },
}
