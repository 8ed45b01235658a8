"""Functions of the provider that look something up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from simulator import searches
from simulator.errors import AwsError, UnknownTypeError
from simulator.outputs import ACCOUNT
from simulator.world import World

# The zones of the regions that AWS's documentation uses in examples; any other region has a, b, c.
ZONES = {
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
}

_Function = Callable[[World, dict[str, Any], str], dict[str, Any]]


def zones_of(region: str) -> list[str]:
    """Names of a region's availability zones."""
    return [f"{region}{letter}" for letter in ZONES.get(region, "abc")]


def zone_id(zone: str) -> str:
    """`us-east-1a` → `use1-az1`. Real accounts have their own shuffled mapping."""
    region, letter = zone[:-1], zone[-1]
    area, direction, number = region.split("-")[0], region.split("-")[-2], region.split("-")[-1]
    short = {"northeast": "ne", "southeast": "se"}.get(direction, direction[0])
    return f"{area}{short}{number}-az{ord(letter) - ord('a') + 1}"


def _availability_zones(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
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


def _caller_identity(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    return {
        "id": ACCOUNT,
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/simulator",
        "userId": "AIDACKCEVSQ6C2EXAMPLE",
    }


def _region(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    region = args.get("region") or args.get("name") or region
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
    }


def _partition(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    return {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _existing(token: str, code: str, args: dict[str, Any], world: World) -> dict[str, Any]:
    """One network resource by its id."""
    found = world.get(token, str(args.get("id")))
    if found is None:
        raise AwsError(code, f"The ID '{args.get('id')}' does not exist")
    return {"id": found.id, **found.props}


def _subnet(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    return _existing("aws:ec2/subnet:Subnet", "InvalidSubnetID.NotFound", args, world)


def _vpc(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    props = _existing("aws:ec2/vpc:Vpc", "InvalidVpcID.NotFound", args, world)
    associations = [{"cidrBlock": props["cidrBlock"], "associationId": "", "state": "associated"}]
    return {**props, "cidrBlockAssociations": associations, "default": False, "state": "available"}


def _authorization_token(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    registry = args.get("registryId") or ACCOUNT
    endpoint = f"https://{registry}.dkr.ecr.{region}.amazonaws.com"
    password = hashlib.sha256(endpoint.encode()).hexdigest()
    return {
        "id": region,
        "region": region,
        "registryId": registry,
        "authorizationToken": "",
        "expiresAt": "2099-01-01T00:00:00Z",
        "proxyEndpoint": endpoint,
        "userName": "AWS",
        "password": password,
    }


FUNCTIONS: dict[str, _Function] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:ec2/getSubnet:getSubnet": _subnet,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:ec2/getNetworkInterface:getNetworkInterface": searches.network_interface,
    "aws:resourcegroupstaggingapi/getResources:getResources": searches.tagged,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": searches.secret_version,
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": _authorization_token,
}


def call(world: World, token: str, args: dict[str, Any], region: str) -> dict[str, Any]:
    """The result of a function; AwsError when AWS refuses, UnknownTypeError for another one."""
    function = FUNCTIONS.get(token)
    if function is None:
        raise UnknownTypeError("function", token)
    return function(world, args, region)
