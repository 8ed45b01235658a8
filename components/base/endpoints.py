"""The way to AWS's own services that needs no NAT gateway."""

from __future__ import annotations

import pulumi_aws as aws

from components.base.compute import Compute
from components.base.context import BaseContext
from components.base.network import Network
from components.parts import NO_OUTPUTS
from fleet.settings.network import ENDPOINT_SERVICES

HTTPS = 443


class Endpoints:
    """An interface endpoint in every zone for each service that a task starts and logs by."""

    outputs = NO_OUTPUTS

    def __init__(self, context: BaseContext) -> None:
        if not context.settings.network.interface_endpoints:
            return
        name, network = f"{context.name}-endpoints", context.part(Network)
        region = aws.get_region().region
        group = _security_group(name, context)
        for service in ENDPOINT_SERVICES:
            aws.ec2.VpcEndpoint(
                f"{name}-{service.replace('.', '-')}",
                vpc_id=network.vpc_id,
                service_name=f"com.amazonaws.{region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=list(network.data_zones.values()),
                security_group_ids=[group.id],
                private_dns_enabled=True,
                opts=context.child,
            )


def _security_group(name: str, context: BaseContext) -> aws.ec2.SecurityGroup:
    return aws.ec2.SecurityGroup(
        name,
        vpc_id=context.part(Network).vpc_id,
        description="Interface endpoints: HTTPS from tasks only",
        ingress=[
            {
                "protocol": "tcp",
                "from_port": HTTPS,
                "to_port": HTTPS,
                "security_groups": [context.part(Compute).task_security_group_id],
                "description": "Tasks",
            }
        ],
        opts=context.child,
    )
