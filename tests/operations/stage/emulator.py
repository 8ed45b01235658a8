"""Runs ministack, with three things that AWS has and it lacks.

Its Step Functions call many services, but not AWS WAF, which it has; and it takes any token for a
change of a rule group, other than for an IP set, and refuses none that comes too soon.
"""

import runpy
from typing import Any

from ministack.services import stepfunctions, waf

stepfunctions._AWS_SDK_SERVICE_MAP["wafv2"] = {
    "target_prefix": "AWSWAF_20190729",
    "protocol": "json",
}


# The end of the name of a group whose first change is refused, as AWS does soon after others.
BUSY = "-busy"
_refused: set[str] = set()


def _only_with_its_token(data: dict[str, Any]) -> Any:
    group = waf._resource_from_scope(waf._rule_groups, data.get("Id", ""), data["Scope"])
    if group and data.get("LockToken") != group["LockToken"]:
        return waf._waf_err("WAFOptimisticLockException", "changed by another request")
    if group and group["Name"].endswith(BUSY) and group["Id"] not in _refused:
        _refused.add(group["Id"])
        return waf._waf_err("WAFUnavailableEntityException", "not yet; try again")
    return _update_rule_group(data)


_update_rule_group = waf._update_rule_group
waf._update_rule_group = _only_with_its_token

runpy.run_module("ministack", run_name="__main__")
