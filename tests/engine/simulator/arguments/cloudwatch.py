"""CloudWatch."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    BUCKET,
    DELIVERY,
    DELIVERY_DESTINATION,
    DELIVERY_SOURCE,
    DISTRIBUTION,
    LOG_GROUP,
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
}
