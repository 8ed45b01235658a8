"""What exists, by its tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.functions import function
from simulator.outputs import ACCOUNT
from simulator.world import Resource, World

NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
# Their tags are IAM's and Application Auto Scaling's own: the tagging API doesn't know them.
_NOT_INDEXED = ("aws:iam/", "aws:appautoscaling/")


@function("aws:resourcegroupstaggingapi/getResources:getResources")
def tagged(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    """GetResources of the Resource Groups Tagging API."""
    services = args.get("resourceTypeFilters") or []
    filters = {entry["key"]: entry.get("values") or [] for entry in args.get("tagFilters") or []}
    asked = str(args.get("region") or region)
    mappings = []
    for resource in world.resources():
        arn, tags = _arn(resource, region), _tags(resource)
        if arn is None or not tags or not _matches(tags, filters):
            continue
        if services and arn.split(":")[2] not in services:
            continue
        if _home(arn, asked) != asked:
            continue
        mappings.append({"resourceArn": arn, "tags": tags, "complianceDetails": []})
    return {"id": region, "region": region, "resourceTagMappingLists": mappings, **args}


def _arn(resource: Resource, region: str) -> str | None:
    """The ARN that the index has; the provider shows that of a NAT gateway nowhere."""
    if resource.type.startswith(_NOT_INDEXED):
        return None
    if resource.type == NAT_GATEWAY:
        return f"arn:aws:ec2:{region}:{ACCOUNT}:natgateway/{resource.id}"
    arn = resource.props.get("arn")
    return str(arn) if arn else None


def _home(arn: str, asked: str) -> str:
    """The region whose index has the ARN; of a global service's it is one."""
    _, _, service, region, *_ = arn.split(":")
    return "us-east-1" if service == "cloudfront" else region or asked


def _tags(resource: Resource) -> Mapping[str, str]:
    return resource.props.get("tagsAll") or resource.props.get("tags") or {}


def _matches(tags: Mapping[str, str], filters: Mapping[str, list[str]]) -> bool:
    return all(
        key in tags and (not values or tags[key] in values) for key, values in filters.items()
    )
