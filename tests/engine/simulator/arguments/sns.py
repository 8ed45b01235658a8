"""SNS."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import SUBSCRIPTION, TOPIC, TOPIC_POLICY, policy

INPUTS: Inputs = {
    TOPIC: lambda s: {},
    SUBSCRIPTION: lambda s: {
        "topic": s.id(TOPIC),
        "protocol": "email",
        "endpoint": f"ops-{s.count}@example.com",
    },
    TOPIC_POLICY: lambda s: {
        "arn": s.id(TOPIC),
        "policy": policy(
            Principal={"Service": "ses.amazonaws.com"}, Action="sns:Publish", Resource=s.id(TOPIC)
        ),
    },
}
