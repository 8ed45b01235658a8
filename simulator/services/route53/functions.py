"""Zones by their names."""

from __future__ import annotations

from typing import Any

from simulator.errors import AwsError
from simulator.functions import function
from simulator.services.route53.rules import ZONE
from simulator.world import World


@function("aws:route53/getZone:getZone")
def zone(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    """A public zone, by its name with or without the last dot."""
    name = str(args.get("name") or "").removesuffix(".")
    found = world.find(ZONE, name=name)
    if len(found) != 1:
        how_many = "no matching" if not found else "multiple"
        raise AwsError("empty result", f"{how_many} Route 53 Hosted Zone found")
    return {"id": found[0].id, "zoneId": found[0].id, **found[0].props}
