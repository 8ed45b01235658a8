"""The load balancer that a stack's sites stand behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fleet.batches import in_batches
from fleet.operations.live.belonging import Owner, Stack, owner_of

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

# The most that DescribeTags takes.
TAGS_A_CALL = 20


def read_address(elbv2: ElasticLoadBalancingv2Client, stack: Stack) -> str | None:
    """The DNS name of the stack's load balancer; None before its first `up`."""
    pages = elbv2.get_paginator("describe_load_balancers").paginate()
    addresses = {
        one.get("LoadBalancerArn", ""): one.get("DNSName", "")
        for page in pages
        for one in page["LoadBalancers"]
    }
    for batch in in_batches(list(addresses), TAGS_A_CALL):
        for tagged in elbv2.describe_tags(ResourceArns=batch)["TagDescriptions"]:
            if owner_of(tagged.get("Tags", [])) == Owner(stack, None):
                return addresses[tagged.get("ResourceArn", "")]
    return None
