"""A network that was there before the fleet, for programs that look it up."""

from __future__ import annotations

from simulator import World, happenings
from simulator.world import Resource

VPC_ID = "vpc-0a1b2c3d4e5f60718"
CIDR = "10.20.0.0/16"
TIERS = {"public": "a", "private": "b", "isolated": "c"}
ZONES = {1: "us-east-1a", 2: "us-east-1b", 3: "us-east-1a"}
"""By the last digit of a subnet's id: the third of a tier is a second one in the first zone."""
HOSTED_ZONES = ("example.com", "shop.example.com", "shop.eu")
"""Those of Route 53 in the account."""


def subnet(tier: str, number: int) -> str:
    """A subnet's id."""
    return f"subnet-0{TIERS[tier] * 15}{number}"


NETWORK = {
    "vpcId": VPC_ID,
    **{f"{tier}SubnetIds": [subnet(tier, number) for number in (1, 2)] for tier in TIERS},
}


def stand_in(world: World) -> None:
    """Puts the network into an account."""
    found = {VPC_ID: ("aws:ec2/vpc:Vpc", {"cidrBlock": CIDR})}
    for tier in TIERS:
        for number, zone in ZONES.items():
            props = {"vpcId": VPC_ID, "availabilityZone": zone}
            found[subnet(tier, number)] = ("aws:ec2/subnet:Subnet", props)
    for zone in HOSTED_ZONES:
        happenings.host_zone(world, zone)
    with world.change():
        for key, (token, props) in found.items():
            world.write(Resource(token, key, key, key, props))
