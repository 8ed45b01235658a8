"""Availability zones."""

from __future__ import annotations

# The zones of the regions that AWS's documentation uses in examples; any other region has a, b, c.
ZONES = {
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
}


def zones_of(region: str) -> list[str]:
    """Names of a region's availability zones."""
    return [f"{region}{letter}" for letter in ZONES.get(region, "abc")]


def zone_id(zone: str) -> str:
    """`us-east-1a` → `use1-az1`. Real accounts have their own shuffled mapping."""
    region, letter = zone[:-1], zone[-1]
    area, direction, number = region.split("-")[0], region.split("-")[-2], region.split("-")[-1]
    short = {"northeast": "ne", "southeast": "se"}.get(direction, direction[0])
    return f"{area}{short}{number}-az{ord(letter) - ord('a') + 1}"
