"""The load balancer's view of the sites: how many of their tasks answer health checks."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

# Leaving on purpose: neither in service nor ill.
DRAINING = "draining"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Targets of one group, without those that are draining.

    `reasons`: what the load balancer says of those that are not healthy, each once.
    """

    healthy: int
    registered: int
    reasons: tuple[str, ...]


def read_targets(
    elbv2: ElasticLoadBalancingv2Client, groups: Iterable[str], pool: Executor
) -> dict[str, Targets]:
    """ARN of a target group -> its targets. AWS has no batch for it: a call a group, in `pool`."""
    arns = list(groups)
    return dict(zip(arns, pool.map(partial(_targets, elbv2), arns), strict=True))


def _targets(elbv2: ElasticLoadBalancingv2Client, group: str) -> Targets:
    try:
        found = elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    except elbv2.exceptions.TargetGroupNotFoundException:
        # Deleted since the service was read.
        found = []
    health = [one.get("TargetHealth", {}) for one in found]
    here = [one for one in health if one.get("State") != DRAINING]
    ill = [one for one in here if one.get("State") != "healthy"]
    return Targets(
        healthy=len(here) - len(ill),
        registered=len(here),
        reasons=tuple(
            dict.fromkeys(one.get("Description") or one.get("State", "?") for one in ill)
        ),
    )
