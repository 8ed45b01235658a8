"""Distributions as `fleet dns` asks for them."""

from __future__ import annotations

from typing import Any

from simulator.calls import answers
from simulator.world import World

_DISTRIBUTION = "aws:cloudfront/distribution:Distribution"


@answers("cloudfront", "ListDistributions")
def list_distributions(world: World, params: dict[str, Any]) -> dict[str, Any]:
    items = [
        {
            "Id": each.id,
            "Comment": each.props.get("comment") or "",
            "DomainName": each.props["domainName"],
        }
        for each in world.resources(_DISTRIBUTION)
    ]
    page = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": len(items)}
    return {"DistributionList": {**page, "Items": items}}
