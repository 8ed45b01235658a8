"""The packets that the VPC rejects, when the settings want to know."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components import policies
from components.base.context import BaseContext
from components.base.network import Network
from components.parts import NO_OUTPUTS
from fleet.names import flow_log_group_name


class FlowLogs:
    """A log group, the role that writes it, and the flow log; nothing unless it is asked for."""

    outputs = NO_OUTPUTS

    def __init__(self, context: BaseContext) -> None:
        settings = context.settings
        if not settings.network.flow_logs:
            return
        name = f"{context.name}-flow-logs"
        group = aws.cloudwatch.LogGroup(
            name,
            name=flow_log_group_name(settings.environment, settings.cell),
            retention_in_days=settings.log_retention_days,
            kms_key_id=settings.kms_key_arn,
            opts=context.child,
        )
        trust = group.arn.apply(lambda arn: json.dumps(policies.flow_logs_trust(arn)))
        role = aws.iam.Role(name, assume_role_policy=trust, opts=context.child)
        policy = aws.iam.RolePolicy(
            name,
            name="flow-logs",
            role=role.name,
            policy=group.arn.apply(lambda arn: json.dumps(policies.flow_logs(arn))),
            opts=context.child,
        )
        aws.ec2.FlowLog(
            name,
            vpc_id=context.part(Network).vpc_id,
            traffic_type="REJECT",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=context.owner, depends_on=[policy]),
        )
