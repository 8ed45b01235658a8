"""Policies by their names."""

from __future__ import annotations

from typing import Any

from simulator.errors import AwsError
from simulator.functions import function
from simulator.services.cloudfront.rules import POLICY
from simulator.world import World


@function("aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy")
def response_headers_policy(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    """A policy of the account, by its name."""
    found = world.find(POLICY, name=str(args.get("name") or ""))
    if len(found) != 1:
        raise AwsError("empty result", "no matching CloudFront Response Headers Policy found")
    return {"id": found[0].id, **found[0].props}
