"""CloudWatch, its logs, and EventBridge's rules."""

from __future__ import annotations

import json

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    ALARM,
    BUCKET,
    DELIVERY,
    DELIVERY_DESTINATION,
    DELIVERY_SOURCE,
    DISTRIBUTION,
    EVENT_RULE,
    EVENT_TARGET,
    LOG_GROUP,
    TOPIC,
)

INPUTS: Inputs = {
    DELIVERY: lambda s: {
        "deliverySourceName": s.one(DELIVERY_SOURCE)["name"],
        "deliveryDestinationArn": s.one(DELIVERY_DESTINATION)["arn"],
    },
    DELIVERY_DESTINATION: lambda s: {
        "name": f"logs-{s.count}",
        "outputFormat": "json",
        "deliveryDestinationConfiguration": {"destinationResourceArn": s.one(BUCKET)["arn"]},
    },
    DELIVERY_SOURCE: lambda s: {
        "name": f"source-{s.count}",
        "logType": "ACCESS_LOGS",
        "resourceArn": s.one(DISTRIBUTION)["arn"],
    },
    LOG_GROUP: lambda s: {"name": f"/fleet/blog-{s.count}"},
    ALARM: lambda s: {
        "name": f"dead-letters-{s.count}",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "namespace": "AWS/SQS",
        "metricName": "NumberOfMessagesSent",
        "dimensions": {"QueueName": "dead-letters"},
        "statistic": "Sum",
        "period": 300,
        "threshold": 0,
        "alarmActions": [s.id(TOPIC)],
    },
    EVENT_RULE: lambda s: {
        "name": f"failed-{s.count}",
        "eventPattern": json.dumps({"source": ["aws.ecs"]}),
    },
    EVENT_TARGET: lambda s: {
        "rule": s.id(EVENT_RULE),
        "targetId": f"alarms-{s.count}",
        "arn": s.id(TOPIC),
        "inputTransformer": {
            "inputPaths": {"why": "$.detail.stoppedReason"},
            "inputTemplate": '"It failed: <why>"',
        },
    },
}
