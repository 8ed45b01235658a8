"""Runs ministack, with two things that AWS has and it lacks.

Its Step Functions call many services, but not AWS WAF, which it has; and it takes any token for a
change of a rule group, other than for an IP set.
"""

import runpy
from typing import Any

from ministack.services import stepfunctions, waf

stepfunctions._AWS_SDK_SERVICE_MAP["wafv2"] = {
    "target_prefix": "AWSWAF_20190729",
    "protocol": "json",
}


def _only_with_its_token(data: dict[str, Any]) -> Any:
    group = waf._resource_from_scope(waf._rule_groups, data.get("Id", ""), data["Scope"])
    if group and data.get("LockToken") != group["LockToken"]:
        return waf._waf_err("WAFOptimisticLockException", "changed by another request")
    return _update_rule_group(data)


_update_rule_group = waf._update_rule_group
waf._update_rule_group = _only_with_its_token

runpy.run_module("ministack", run_name="__main__")
