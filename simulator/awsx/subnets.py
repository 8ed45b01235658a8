"""How awsx divides a VPC's addresses among its subnets (subnet strategies Auto and Exact)."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The smallest default layout that awsx makes by itself is a /26 a zone.
SMALLEST_ZONE_PREFIX = 26
# Zones larger than a /16 get default subnets in their first /16 only.
LARGEST_DEFAULT_PREFIX = 16

_ORDER = {"public": 0, "private": 1, "isolated": 2, "unused": 3}


@dataclass(frozen=True, slots=True)
class Subnet:
    """One subnet to make. kind: public, private or isolated; zone: index of its zone."""

    name: str
    kind: str
    zone: int
    cidr: str
    tags: Mapping[str, str]


def layout(
    vpc: str, cidr: str, zones: int, specs: list[dict[str, Any]] | None, zone_prefix: int | None
) -> list[Subnet]:
    """Every subnet in the order in which awsx makes them: zone by zone, public ones first.

    specs: `type`, and optionally `name`, `cidrMask`, `cidrBlocks` (one a zone), `tags`.
    ValueError when they don't fit.
    """
    network = ipaddress.IPv4Network(cidr)
    prefix = zone_prefix or network.prefixlen + _bits(zones)
    specs = specs if specs is not None else _default_specs(prefix)
    result = []
    for zone in range(zones):
        blocks = _zone_blocks(network, prefix, zone, specs)
        made = [
            Subnet(
                name=f"{vpc}-{spec.get('name') or spec['type'].lower()}-{zone + 1}",
                kind=spec["type"].lower(),
                zone=zone,
                cidr=spec["cidrBlocks"][zone] if spec.get("cidrBlocks") else str(block),
                tags=spec.get("tags") or {},
            )
            for spec, block in zip(specs, blocks, strict=True)
            if spec["type"] != "Unused"
        ]
        result += sorted(made, key=lambda subnet: _ORDER[subnet.kind])
    return result


def _bits(count: int) -> int:
    return math.ceil(math.log2(count))


def _default_specs(prefix: int) -> list[dict[str, Any]]:
    if prefix > SMALLEST_ZONE_PREFIX:
        raise ValueError(
            f"Automatic subnet creation requires a VPC with at least /26 available per AZ, "
            f"but only /{prefix} is available."
        )
    first = max(prefix, LARGEST_DEFAULT_PREFIX)
    return [
        {"type": "Private", "cidrMask": first + 1},
        {"type": "Public", "cidrMask": first + 2},
    ]


def _zone_blocks(
    network: ipaddress.IPv4Network, prefix: int, zone: int, specs: list[dict[str, Any]]
) -> Iterator[ipaddress.IPv4Network]:
    """One block for each spec, each at the next boundary of its own size."""
    default = prefix + _bits(len(specs))
    sizes = [spec.get("cidrMask") or default for spec in specs]
    needed, available = sum(2 ** (32 - size) for size in sizes), 2 ** (32 - prefix)
    if needed > available:
        raise ValueError(
            f"Subnets are too large for VPC. VPC has {available} addresses, "
            f"but subnets require {needed} addresses."
        )
    start = int(network.network_address) + zone * available
    for size in sizes:
        step = 2 ** (32 - size)
        start = math.ceil(start / step) * step
        yield ipaddress.IPv4Network((start, size))
        start += step
