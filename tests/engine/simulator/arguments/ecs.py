"""ECS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    CLUSTER,
    GROUP,
    PROVIDERS,
    ROLE,
    SERVICE,
    TASK,
    WEB,
)

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


def _task(samples: Samples) -> dict[str, Any]:
    return {
        "family": "web",
        "containerDefinitions": json.dumps([WEB]),
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "512",
        "memory": "1024",
        "executionRoleArn": samples.one(ROLE)["arn"],
    }


def _service(samples: Samples) -> dict[str, Any]:
    samples.one(PROVIDERS)
    return {
        "name": f"web-{samples.count}",
        "cluster": samples.id(CLUSTER),
        "taskDefinition": samples.one(TASK)["arn"],
        "desiredCount": 2,
        "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
        "networkConfiguration": {
            "subnets": samples.subnets(),
            "securityGroups": [samples.id(GROUP)],
        },
        "loadBalancers": [
            {
                "targetGroupArn": samples.forwarded_group().id,
                "containerName": "web",
                "containerPort": 8080,
            }
        ],
    }


INPUTS: Inputs = {
    CLUSTER: lambda s: {"name": f"fleet-{s.count}"},
    PROVIDERS: lambda s: {
        "clusterName": s.one(CLUSTER)["name"],
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
    },
    TASK: _task,
    SERVICE: _service,
}
