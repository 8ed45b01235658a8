"""SNS."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import TOPIC, TOPIC_POLICY, policy

INPUTS: Inputs = {
    TOPIC: lambda s: {},
    TOPIC_POLICY: lambda s: {
        "arn": s.id(TOPIC),
        "policy": policy(
            Principal={"Service": "ses.amazonaws.com"}, Action="sns:Publish", Resource=s.id(TOPIC)
        ),
    },
}
