"""Where and who: regions, their zones, the partition and the caller."""

from __future__ import annotations

from typing import Any

from simulator.functions import function
from simulator.outputs import ACCOUNT
from simulator.services.ec2.zones import zone_id, zones_of
from simulator.world import World


@function("aws:index/getAvailabilityZones:getAvailabilityZones")
def availability_zones(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    region = args.get("region") or region
    zones = zones_of(region)
    return {
        "id": region,
        "region": region,
        "names": zones,
        "zoneIds": [zone_id(zone) for zone in zones],
        "groupNames": [f"{region}-zg-1"],
        **{name: value for name, value in args.items() if name != "region"},
    }


@function("aws:index/getCallerIdentity:getCallerIdentity")
def caller_identity(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    return {
        "id": ACCOUNT,
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/simulator",
        "userId": "AIDACKCEVSQ6C2EXAMPLE",
    }


@function("aws:index/getRegion:getRegion")
def current_region(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    region = args.get("region") or args.get("name") or region
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
    }


@function("aws:index/getPartition:getPartition")
def partition(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    return {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }
