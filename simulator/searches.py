"""Functions that find what exists: by tags, an EFS network interface, a secret's version."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from simulator.errors import AwsError
from simulator.outputs import ACCOUNT
from simulator.world import Resource, World

MOUNT_TARGET = "aws:efs/mountTarget:MountTarget"
SECRETS = "aws:secretsmanager/secret:Secret"
VERSIONS = "aws:secretsmanager/secretVersion:SecretVersion"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
# Their tags are IAM's and Application Auto Scaling's own: the tagging API doesn't know them.
_NOT_INDEXED = ("aws:iam/", "aws:appautoscaling/")


def tagged(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    """GetResources of the Resource Groups Tagging API."""
    services = args.get("resourceTypeFilters") or []
    filters = {entry["key"]: entry.get("values") or [] for entry in args.get("tagFilters") or []}
    mappings = []
    for resource in world.resources():
        arn, tags = _arn(resource, region), _tags(resource)
        if arn is None or not tags or not _matches(tags, filters):
            continue
        if services and arn.split(":")[2] not in services:
            continue
        mappings.append({"resourceArn": arn, "tags": tags, "complianceDetails": []})
    return {"id": region, "region": region, "resourceTagMappingLists": mappings, **args}


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


def secret_version(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    """The current version of a secret."""
    secret = world.get(SECRETS, str(args.get("secretId")))
    versions = world.find(VERSIONS, secretId=args.get("secretId")) if secret else []
    if not versions:
        raise AwsError(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        )
    current = versions[-1].props
    return {
        "id": f"{current['secretId']}|AWSCURRENT",
        "region": region,
        "arn": current["secretId"],
        "secretId": current["secretId"],
        "versionId": current["versionId"],
        "secretString": current.get("secretString", ""),
        "versionStage": "AWSCURRENT",
        "versionStages": ["AWSCURRENT"],
        "createdDate": "",
        "secretBinary": "",
    }


def _arn(resource: Resource, region: str) -> str | None:
    """The ARN that the index has; the provider shows that of a NAT gateway nowhere."""
    if resource.type.startswith(_NOT_INDEXED):
        return None
    if resource.type == NAT_GATEWAY:
        return f"arn:aws:ec2:{region}:{ACCOUNT}:natgateway/{resource.id}"
    arn = resource.props.get("arn")
    return str(arn) if arn else None


def _tags(resource: Resource) -> Mapping[str, str]:
    return resource.props.get("tagsAll") or resource.props.get("tags") or {}


def _matches(tags: Mapping[str, str], filters: Mapping[str, list[str]]) -> bool:
    return all(
        key in tags and (not values or tags[key] in values) for key, values in filters.items()
    )
