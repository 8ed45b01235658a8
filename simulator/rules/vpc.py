"""Rules of security groups as resources of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator.diff import Difference
from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for
from simulator.rules.ec2 import protocol_name

_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


@rules_for(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)
class SecurityGroupRule(Rules):
    """One rule of a security group."""

    def canonical(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Protocols compare by name."""
        if isinstance(inputs.get("ipProtocol"), str):
            inputs["ipProtocol"] = protocol_name(inputs["ipProtocol"])
        return inputs

    def differences(
        self, found: list[Difference], old: dict[str, Any], new: dict[str, Any]
    ) -> list[Difference]:
        """Another kind of source replaces the rule; another value of the same kind doesn't."""
        before = [name for name in _SOURCES if old.get(name) is not None]
        after = [name for name in _SOURCES if new.get(name) is not None]
        if before == after:
            return found
        return [replace(change, replaces=change.at in _SOURCES) for change in found]

    def create(self, call: Call) -> None:
        """TCP and UDP need ports."""
        protocol = protocol_name(call.props["ipProtocol"])
        if protocol in ("tcp", "udp") and call.props.get("fromPort") is None:
            raise AwsError("InvalidParameterValue", f"Invalid value for portRange: {protocol}")
