"""Which of the environment's Route 53 zones a host name belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.fields.hosts import is_wildcard


def zone_of(host: str, zones: Iterable[str]) -> str | None:
    """The zone that holds the host's records: the longest that fits, or None."""
    name = host.removeprefix("*.") if is_wildcard(host) else host
    fitting = [zone for zone in zones if name == zone or name.endswith(f".{zone}")]
    return max(fitting, key=len, default=None)
