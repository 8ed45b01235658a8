"""Elastic Load Balancing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    BALANCER,
    CERTIFICATE,
    GATEWAY,
    GROUP,
    LISTENER,
    LISTENER_CERTIFICATE,
    RULE,
    TARGET_GROUP,
    VPC,
)

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


def _network(samples: Samples) -> dict[str, Any]:
    samples.one(GATEWAY)
    return {"subnets": samples.subnets(), "securityGroups": [samples.id(GROUP)]}


def _rule(samples: Samples) -> dict[str, Any]:
    return {
        "listenerArn": samples.id(LISTENER),
        "priority": 1000 + samples.count,
        "conditions": [{"hostHeader": {"values": ["blog.example.com"]}}],
        "actions": [{"type": "forward", "targetGroupArn": samples.id(TARGET_GROUP)}],
    }


INPUTS: Inputs = {
    BALANCER: _network,
    LISTENER: lambda s: {
        "loadBalancerArn": s.id(BALANCER),
        "port": 443,
        "protocol": "HTTPS",
        "certificateArn": CERTIFICATE,
        "defaultActions": [
            {
                "type": "fixed-response",
                "fixedResponse": {"contentType": "text/plain", "statusCode": "404"},
            }
        ],
    },
    LISTENER_CERTIFICATE: lambda s: {
        "listenerArn": s.id(LISTENER),
        "certificateArn": CERTIFICATE,
    },
    RULE: _rule,
    TARGET_GROUP: lambda s: {
        "vpcId": s.id(VPC),
        "port": 8080,
        "protocol": "HTTP",
        "targetType": "ip",
    },
}
