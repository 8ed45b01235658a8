"""Certificates by their first names."""

from __future__ import annotations

from typing import Any

from simulator.errors import AwsError
from simulator.functions import function
from simulator.services.acm.rules import CERTIFICATE
from simulator.world import World


@function("aws:acm/getCertificate:getCertificate")
def certificate(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
    """One whose status is asked for, issued if none is; with `mostRecent` the last that was made.

    `types` and `tags` aren't told apart: the program asks for no others than its own.
    """
    domain, statuses = args.get("domain"), args.get("statuses") or ["ISSUED"]
    found = [
        each
        for each in world.find(CERTIFICATE, domainName=domain)
        if each.props["status"] in statuses
    ]
    if not found:
        raise AwsError("empty result", f"no ACM Certificate matching domain ({domain})")
    if len(found) > 1 and not args.get("mostRecent"):
        raise AwsError("empty result", f"multiple ACM Certificates matching domain ({domain})")
    return {"id": found[-1].id, "arn": found[-1].props["arn"], **found[-1].props}
