"""The network: a VPC of its own in three tiers, or one that exists."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx

from components.base.context import BaseContext
from components.parts import NO_OUTPUTS
from fleet.settings.network import Network as NetworkSettings

_NAT = {
    "none": awsx.ec2.NatGatewayStrategy.NONE,
    "single": awsx.ec2.NatGatewayStrategy.SINGLE,
    "per-zone": awsx.ec2.NatGatewayStrategy.ONE_PER_AZ,
}


class Network:
    """Public subnets for the load balancer, private ones for tasks, isolated ones for data.

    Without NAT gateways nothing private reaches the internet, so tasks then run in the public
    subnets with public addresses; their security group still admits the load balancer only.
    """

    outputs = NO_OUTPUTS
    vpc_id: pulumi.Output[str]
    public_subnet_ids: pulumi.Output[Sequence[str]]
    task_subnet_ids: pulumi.Output[Sequence[str]]
    isolated_subnet_ids: pulumi.Output[Sequence[str]]

    def __init__(self, context: BaseContext) -> None:
        settings = context.settings.network
        if settings.vpc_id is None:
            self._create(f"{context.name}-network", settings, context)
        else:
            self._adopt(settings, settings.vpc_id)

    def _create(self, name: str, settings: NetworkSettings, context: BaseContext) -> None:
        kind = awsx.ec2.SubnetType
        tiers = [kind.PUBLIC, kind.PRIVATE, kind.ISOLATED]
        if settings.nat_gateways == "none":
            tiers.remove(kind.PRIVATE)
        vpc = awsx.ec2.Vpc(
            name,
            cidr_block=settings.cidr,
            number_of_availability_zones=settings.availability_zones,
            enable_dns_hostnames=True,
            nat_gateways={"strategy": _NAT[settings.nat_gateways]},
            subnet_strategy=awsx.ec2.SubnetAllocationStrategy.AUTO,
            subnet_specs=[{"type": tier} for tier in tiers],
            # Image layers come from S3: by the gateway endpoint, which is free, not through NAT.
            vpc_endpoint_specs=[
                {
                    "service_name": _s3_service(),
                    "vpc_endpoint_type": "Gateway",
                    # To its endpoints awsx hands on neither a name nor the network's tags.
                    "tags": {**context.tags, "Name": f"{name}-s3"},
                }
            ],
            # Without it the endpoint stands in no route table, and nothing passes through it.
            vpc_endpoint_strategy=awsx.ec2.VpcEndpointStrategy.AUTO,
            opts=context.child,
        )
        self.vpc_id = vpc.vpc_id
        self.public_subnet_ids = vpc.public_subnet_ids
        self.isolated_subnet_ids = vpc.isolated_subnet_ids
        self.task_subnet_ids = (
            vpc.public_subnet_ids if settings.public_tasks else vpc.private_subnet_ids
        )

    def _adopt(self, settings: NetworkSettings, vpc_id: str) -> None:
        self.vpc_id = pulumi.Output.from_input(vpc_id)
        self.public_subnet_ids = pulumi.Output.from_input(settings.public_subnet_ids)
        self.task_subnet_ids = pulumi.Output.from_input(settings.task_subnet_ids)
        self.isolated_subnet_ids = pulumi.Output.from_input(settings.data_subnet_ids)


def _s3_service() -> str:
    return f"com.amazonaws.{aws.get_region().region}.s3"
