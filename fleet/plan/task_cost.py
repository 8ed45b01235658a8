"""What one run of a task costs."""

from __future__ import annotations

from fleet.plan.prices import Architecture, Fargate
from fleet.quotas import FARGATE_LEAST_SECONDS

SECONDS_AN_HOUR = 3600
UNITS = 1024  # CPU units to the vCPU, MiB to the GB


def run_usd(
    fargate: Fargate,
    architecture: Architecture,
    *,
    cpu: int,
    memory: int,
    seconds: float,
    spot: bool,
) -> float:
    """USD of a task of so many CPU units and MiB for `seconds`, from the pull of its image on."""
    prices = fargate.of(architecture)
    an_hour = cpu / UNITS * prices.vcpu_hour + memory / UNITS * prices.gb_hour
    share = 1 - fargate.spot_discount if spot else 1.0
    return max(seconds, FARGATE_LEAST_SECONDS) / SECONDS_AN_HOUR * an_hour * share
