"""What `fleet defend` starts: a group of challenges, and the state machine that writes it."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components import policies
from components.base.context import BaseContext
from components.parts import NO_OUTPUTS
from fleet.names import defence_name
from fleet.settings.edge import EDGE_REGION, at_edge
from fleet.settings.waf_defence import GROUP_UNITS
from fleet.settings.waf_machine import machine


class WafDefence:
    """A group of rules that is empty in peace, the machine and its role; nothing without `waf`."""

    outputs = NO_OUTPUTS
    group_arn: pulumi.Output[str] | None
    """Of the group, which the web ACL names."""

    def __init__(self, context: BaseContext) -> None:
        self._context, self._name = context, f"{context.name}-waf-defence"
        # The machine stands beside what it writes.
        self._region = EDGE_REGION if at_edge(context.settings) else None
        self.group_arn = None
        if context.settings.waf is None:
            return
        group = self._group()
        self.group_arn = group.arn
        self._machine(group)

    def _group(self) -> aws.wafv2.RuleGroup:
        return aws.wafv2.RuleGroup(
            self._name,
            scope="CLOUDFRONT" if self._region else "REGIONAL",
            capacity=GROUP_UNITS,
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": "defended",
                "sampled_requests_enabled": True,
            },
            region=self._region,
            # The machine's, and no `up` ends what it has begun.
            opts=pulumi.ResourceOptions(
                parent=self._context.owner, ignore_changes=["rules", "rulesJson"]
            ),
        )

    def _machine(self, group: aws.wafv2.RuleGroup) -> None:
        context, settings = self._context, self._context.settings
        name = defence_name(settings.environment, settings.cell)
        trust = group.arn.apply(lambda arn: json.dumps(policies.state_machine_trust(arn, name)))
        role = aws.iam.Role(self._name, assume_role_policy=trust, opts=context.child)
        policy = aws.iam.RolePolicy(
            self._name,
            name="defence",
            role=role.name,
            policy=group.arn.apply(lambda arn: json.dumps(policies.defence(arn))),
            opts=context.child,
        )
        definition = pulumi.Output.all(group.name, group.id, group.scope).apply(
            lambda v: json.dumps(machine(group=v[0], group_id=v[1], scope=v[2]))
        )
        aws.sfn.StateMachine(
            self._name,
            # Fixed, so that the verb knows it without asking.
            name=name,
            definition=definition,
            role_arn=role.arn,
            region=self._region,
            opts=pulumi.ResourceOptions(parent=context.owner, depends_on=[policy]),
        )
