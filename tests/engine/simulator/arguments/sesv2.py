"""SES, version 2 of its API."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import IDENTITY, MAIL_EVENTS, MAIL_SET, TENANT, TOPIC

INPUTS: Inputs = {
    IDENTITY: lambda s: {"emailIdentity": f"mail-{s.count}.example.com"},
    MAIL_SET: lambda s: {
        "configurationSetName": f"set-{s.count}",
        "deliveryOptions": {"tlsPolicy": "REQUIRE"},
        "suppressionOptions": {"suppressedReasons": ["BOUNCE", "COMPLAINT"]},
    },
    MAIL_EVENTS: lambda s: {
        "configurationSetName": s.id(MAIL_SET),
        "eventDestinationName": f"bounces-{s.count}",
        "eventDestination": {
            "enabled": True,
            "matchingEventTypes": ["BOUNCE", "COMPLAINT"],
            "snsDestination": {"topicArn": s.id(TOPIC)},
        },
    },
    "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes": lambda s: {
        "emailIdentity": s.id(IDENTITY),
        "mailFromDomain": f"bounce.{s.id(IDENTITY)}",
    },
    TENANT: lambda s: {"tenantName": f"tenant-{s.count}"},
    "aws:sesv2/tenantResourceAssociation:TenantResourceAssociation": lambda s: {
        "tenantName": s.id(TENANT),
        "resourceArn": s.one(IDENTITY)["arn"],
    },
}
