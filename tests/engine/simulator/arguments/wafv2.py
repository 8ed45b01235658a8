"""AWS WAF."""

from __future__ import annotations

import json

from fleet.settings.waf import WafSettings
from fleet.settings.waf_defence import GROUP_UNITS
from fleet.settings.waf_rules import web_acl_rules
from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    BALANCER,
    IP_SET,
    LOG_GROUP,
    RULE_GROUP,
    WEB_ACL,
    WEB_ACL_LOG,
    WEB_ACL_PLACE,
)

_SEEN = {"cloudwatchMetricsEnabled": True, "metricName": "acl", "sampledRequestsEnabled": True}

INPUTS: Inputs = {
    IP_SET: lambda s: {
        "scope": "REGIONAL",
        "ipAddressVersion": "IPV4",
        "addresses": ["192.0.2.0/24"],
    },
    RULE_GROUP: lambda s: {
        "scope": "REGIONAL",
        "capacity": GROUP_UNITS,
        "visibilityConfig": _SEEN,
    },
    WEB_ACL: lambda s: {
        "scope": "REGIONAL",
        "defaultAction": {"allow": {}},
        "ruleJson": json.dumps(web_acl_rules(WafSettings(), (), {}, s.make(RULE_GROUP)["arn"])),
        "visibilityConfig": _SEEN,
    },
    WEB_ACL_PLACE: lambda s: {
        "resourceArn": s.make(BALANCER)["arn"],
        "webAclArn": s.make(WEB_ACL)["arn"],
    },
    WEB_ACL_LOG: lambda s: {
        "resourceArn": s.make(WEB_ACL)["arn"],
        "logDestinationConfigs": [s.make(LOG_GROUP, name=f"aws-waf-logs-{s.count}")["arn"]],
    },
}
