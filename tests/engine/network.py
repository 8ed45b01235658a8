"""A VPC that somebody else made: a fleet in it has fewer resources, and needs no awsx plugin."""

from __future__ import annotations

from typing import Any

from simulator import World, crud
from simulator.rows import row_of

REGION = "us-east-1"
ZONES = ("a", "b")
TIERS = ("public", "private", "isolated")


def make_network(world: World) -> dict[str, Any]:
    """The setting `network` for a new VPC with a subnet of each tier in two zones."""

    def make(token: str, name: str, **inputs: Any) -> str:
        return crud.create(world, row_of(token), name, inputs, REGION).id

    def subnet(name: str, zone: str, number: int) -> str:
        place = {"vpcId": vpc, "availabilityZone": f"{REGION}{zone}"}
        cidr = f"10.0.{number}.0/24"
        return make("aws:ec2/subnet:Subnet", f"{name}-{zone}", cidrBlock=cidr, **place)

    vpc = make("aws:ec2/vpc:Vpc", "existing", cidrBlock="10.0.0.0/16", enableDnsHostnames=True)
    make("aws:ec2/internetGateway:InternetGateway", "existing", vpcId=vpc)
    subnets = {
        f"{tier}SubnetIds": [
            subnet(tier, zone, row * len(ZONES) + column) for column, zone in enumerate(ZONES)
        ]
        for row, tier in enumerate(TIERS)
    }
    return {"vpcId": vpc, **subnets}
