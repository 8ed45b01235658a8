"""The network: a VPC of its own in three tiers, or one that exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx

from components.base.context import BaseContext
from components.parts import NO_OUTPUTS
from fleet.settings.network import EXAMPLE_SUBNETS, NatGateways
from fleet.settings.network import Network as NetworkSettings

_NAT: Mapping[NatGateways, awsx.ec2.NatGatewayStrategy] = {
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
    cidr_blocks: pulumi.Input[Sequence[pulumi.Input[str]]]
    """The addresses of the VPC."""
    load_balancer_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """A public subnet a zone."""
    task_subnet_ids: pulumi.Output[Sequence[str]]
    isolated_subnet_ids: pulumi.Output[Sequence[str]]
    data_zones: Mapping[str, pulumi.Input[str]]
    """A subnet a zone for data, by what tells the zone from the others."""

    def __init__(self, context: BaseContext) -> None:
        settings = context.settings.network
        if settings.vpc_id is None:
            self._create(f"{context.name}-network", settings, context)
        else:
            self._adopt(settings, settings.vpc_id)

    def _create(self, name: str, settings: NetworkSettings, context: BaseContext) -> None:
        kind = awsx.ec2.SubnetType
        tiers = [kind.PUBLIC, kind.PRIVATE, kind.ISOLATED]
        if settings.public_tasks:
            tiers.remove(kind.PRIVATE)
        vpc = awsx.ec2.Vpc(
            name,
            cidr_block=settings.cidr,
            number_of_availability_zones=settings.availability_zones,
            enable_dns_hostnames=True,
            nat_gateways={"strategy": _NAT[context.settings.nat_gateways]},
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
        _close_default_group(f"{name}-default", vpc.vpc_id, context)
        self.vpc_id = vpc.vpc_id
        self.cidr_blocks = [settings.cidr]
        self.load_balancer_subnet_ids = vpc.public_subnet_ids
        self.isolated_subnet_ids = vpc.isolated_subnet_ids
        # awsx numbers subnets by zone.
        self.data_zones = {
            str(zone + 1): vpc.isolated_subnet_ids.apply(lambda ids, zone=zone: ids[zone])
            for zone in range(settings.availability_zones)
        }
        self.task_subnet_ids = (
            vpc.public_subnet_ids if settings.public_tasks else vpc.private_subnet_ids
        )

    def _adopt(self, settings: NetworkSettings, vpc_id: str) -> None:
        self.vpc_id = pulumi.Output.from_input(vpc_id)
        self.cidr_blocks = aws.ec2.get_vpc_output(id=vpc_id).cidr_block_associations.apply(
            lambda blocks: [block.cidr_block for block in blocks]
        )
        self.load_balancer_subnet_ids = [*one_a_zone(settings.public_subnet_ids).values()]
        self.task_subnet_ids = pulumi.Output.from_input(settings.task_subnet_ids)
        self.isolated_subnet_ids = pulumi.Output.from_input(settings.data_subnet_ids)
        self.data_zones = one_a_zone(settings.data_subnet_ids)


def _close_default_group(name: str, vpc_id: pulumi.Input[str], context: BaseContext) -> None:
    """AWS makes it open to its members, of which whatever is started without a group is one."""
    aws.ec2.DefaultSecurityGroup(name, vpc_id=vpc_id, ingress=[], egress=[], opts=context.child)


def one_a_zone(subnet_ids: Iterable[str]) -> dict[str, str]:
    """Zone -> the first of its subnets by id, whatever their order.

    EFS takes one mount target a zone, a load balancer one subnet a zone.
    """
    return {_zone(subnet_id): subnet_id for subnet_id in sorted(subnet_ids, reverse=True)}


def _zone(subnet_id: str) -> str:
    if subnet_id in EXAMPLE_SUBNETS:
        # It stands for one that a preview doesn't know yet.
        return subnet_id
    return aws.ec2.get_subnet(id=subnet_id).availability_zone


def _s3_service() -> str:
    return f"com.amazonaws.{aws.get_region().region}.s3"
