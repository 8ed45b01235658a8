"""Network resources by their ids, and the network interface of an EFS mount target."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from simulator.errors import AwsError
from simulator.functions import function
from simulator.world import World

# Of us-east-1, and three of its networks.
_PREFIX_LISTS = {
    "com.amazonaws.global.cloudfront.origin-facing": (
        "pl-3b927c52",
        ("13.124.199.0/24", "130.176.0.0/18", "15.158.0.0/16"),
    )
}
MOUNT_TARGET = "aws:efs/mountTarget:MountTarget"


def _existing(token: str, code: str, args: dict[str, Any], world: World) -> dict[str, Any]:
    """One network resource by its id."""
    found = world.get(token, str(args.get("id")))
    if found is None:
        raise AwsError(code, f"The ID '{args.get('id')}' does not exist")
    return {"id": found.id, **found.props}


@function("aws:ec2/getSubnet:getSubnet")
def subnet(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    return _existing("aws:ec2/subnet:Subnet", "InvalidSubnetID.NotFound", args, world)


@function("aws:ec2/getVpc:getVpc")
def vpc(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    props = _existing("aws:ec2/vpc:Vpc", "InvalidVpcID.NotFound", args, world)
    associations = [{"cidrBlock": props["cidrBlock"], "associationId": "", "state": "associated"}]
    return {**props, "cidrBlockAssociations": associations, "default": False, "state": "available"}


@function("aws:ec2/getNetworkInterface:getNetworkInterface")
def network_interface(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    """The one network interface that the filters match; here only EFS has any."""
    filters = {entry["name"]: entry["values"] for entry in args.get("filters") or []}
    found = []
    for target in world.resources(MOUNT_TARGET):
        props = {
            "id": str(target.props.get("networkInterfaceId")),
            "description": f"EFS mount target for {target.props['fileSystemId']} ({target.id})",
            "subnetId": target.props["subnetId"],
        }
        asked = {"description": props["description"], "subnet-id": props["subnetId"]}
        if all(
            any(fnmatchcase(asked.get(name, ""), value) for value in values)
            for name, values in filters.items()
        ):
            found.append(props)
    if len(found) != 1:
        raise AwsError(
            "InvalidNetworkInterfaceID.NotFound",
            f"{len(found)} network interfaces match; the search must match exactly one",
        )
    return {"region": region, **found[0]}


@function("aws:ec2/getManagedPrefixList:getManagedPrefixList")
def managed_prefix_list(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    """A list of addresses that AWS keeps, by its name."""
    name = str(args.get("name") or "")
    if name not in _PREFIX_LISTS:
        raise AwsError("empty result", "no matching EC2 Managed Prefix List found")
    number, entries = _PREFIX_LISTS[name]
    return {
        "id": number,
        "arn": f"arn:aws:ec2:{region}:aws:prefix-list/{number}",
        "name": name,
        "addressFamily": "IPv4",
        "entries": [{"cidr": each, "description": ""} for each in entries],
        "maxEntries": 55,
        "ownerId": "AWS",
        "region": region,
        "tags": {},
        "version": 1,
    }
