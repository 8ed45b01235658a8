"""EventBridge Scheduler."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import CLUSTER, QUEUE, ROLE, SCHEDULE, SCHEDULES, policy

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples

TRUST = policy(Principal={"Service": "scheduler.amazonaws.com"}, Action="sts:AssumeRole")


def target(samples: Samples, **more: Any) -> dict[str, Any]:
    """One task of a family, started by a role that Scheduler may have."""
    starter = samples.make(ROLE, assumeRolePolicy=TRUST)
    return {
        "arn": samples.one(CLUSTER)["arn"],
        "roleArn": starter["arn"],
        "input": json.dumps({"containerOverrides": [{"name": "web", "command": ["true"]}]}),
        "deadLetterConfig": {"arn": samples.one(QUEUE)["arn"]},
        "ecsParameters": {
            "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/web",
            "capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
            "networkConfiguration": {"subnets": samples.subnets()},
        },
        **more,
    }


INPUTS: Inputs = {
    SCHEDULES: lambda s: {"name": f"fleet-{s.count}"},
    SCHEDULE: lambda s: {
        "name": f"blog-{s.count}",
        "groupName": s.id(SCHEDULES),
        "scheduleExpression": "cron(0 3 * * ? *)",
        "scheduleExpressionTimezone": "Europe/Vienna",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": target(s),
    },
}
