"""Web ACLs and what they name: their capacity, their scope, and where they log to."""

from __future__ import annotations

import json
from ipaddress import ip_network
from typing import Any

from fleet.settings.waf_capacity import units
from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for

WEB_ACL = "aws:wafv2/webAcl:WebAcl"
IP_SET = "aws:wafv2/ipSet:IpSet"
RULE_GROUP = "aws:wafv2/ruleGroup:RuleGroup"
# The most that AWS takes at all; above 1,500 each request costs more.
MOST_UNITS = 5_000


@rules_for(WEB_ACL)
class WebAcl(Rules):
    """A web ACL whose rules are given as text."""

    def compute(self, call: Call) -> None:
        """The capacity of its rules."""
        rules = json.loads(call.props.get("ruleJson") or "[]")
        call.props["capacity"] = sum(units(rule["Statement"]) for rule in rules)

    def create(self, call: Call) -> None:
        """Of the right region, each name and priority once, lists that exist, not too much."""
        _in_its_region(call)
        rules = json.loads(call.props.get("ruleJson") or "[]")
        for field in ("Name", "Priority"):
            if len({rule[field] for rule in rules}) < len(rules):
                raise AwsError("WAFDuplicateItemException", f"two rules of one {field.lower()}")
        kinds = (IP_SET, RULE_GROUP)
        known = {each.props["arn"] for kind in kinds for each in call.world.resources(kind)}
        if missing := _named(rules) - known:
            raise AwsError("WAFNonexistentItemException", f"there is no {', '.join(missing)}")
        if call.props["capacity"] > MOST_UNITS:
            raise AwsError("WAFLimitsExceededException", f"more than {MOST_UNITS} WCU")

    def update(self, call: Call) -> None:
        """The same for the new rules."""
        self.create(call)


@rules_for(IP_SET)
class IpSet(Rules):
    """A list of addresses."""

    def create(self, call: Call) -> None:
        """In the region of its scope, with addresses of its version."""
        _in_its_region(call)
        version = int(call.props["ipAddressVersion"][-1])
        for address in call.props.get("addresses") or []:
            if ip_network(address).version != version:
                raise _invalid(f"The address isn't valid., field: IP_ADDRESS, parameter: {address}")

    update = create


@rules_for(RULE_GROUP)
class RuleGroup(Rules):
    """Rules that an ACL names as one."""

    def create(self, call: Call) -> None:
        """In the region of its scope, with no more rules than it has capacity for."""
        _in_its_region(call)
        rules = json.loads(call.props.get("rulesJson") or "[]")
        if sum(units(rule["Statement"]) for rule in rules) > call.props["capacity"]:
            raise AwsError("WAFLimitsExceededException", "more than the group's capacity")

    update = create

    def delete(self, call: Call) -> None:
        """Only once no ACL names it."""
        for acl in call.world.resources(WEB_ACL):
            if call.props["arn"] in _named(json.loads(acl.props.get("ruleJson") or "[]")):
                raise AwsError(
                    "WAFAssociatedItemException",
                    "AWS WAF couldn't perform the operation because your resource is being used "
                    "by another resource or it's associated with another resource.",
                )


@rules_for("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
class WebAclLoggingConfiguration(Rules):
    """Where a web ACL logs to."""

    def create(self, call: Call) -> None:
        """The name of a log group, bucket or stream begins as AWS wants it."""
        for arn in call.props["logDestinationConfigs"]:
            if not str(arn).rsplit(":", 1)[1].rpartition("/")[2].startswith("aws-waf-logs-"):
                raise _invalid(f"The ARN isn't valid., field: LOG_DESTINATION, parameter: {arn}")

    def update(self, call: Call) -> None:
        """The same for another place."""
        self.create(call)


def _in_its_region(call: Call) -> None:
    if call.props["scope"] == "CLOUDFRONT" and call.region != "us-east-1":
        raise _invalid("The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT")


def _named(value: Any) -> set[str]:
    """The ARNs of lists of addresses and groups of rules in rules."""
    if isinstance(value, list):
        return {arn for each in value for arn in _named(each)}
    if not isinstance(value, dict):
        return set()
    own = (value.get(f"{kind}ReferenceStatement") for kind in ("IPSet", "RuleGroup"))
    return {str(each["ARN"]) for each in own if each} | _named(list(value.values()))


def _invalid(message: str) -> AwsError:
    return AwsError("WAFInvalidParameterException", f"Error reason: {message}")
