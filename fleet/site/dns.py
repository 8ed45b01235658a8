"""A site's names in the environment's zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fleet.settings.zones import zone_of

if TYPE_CHECKING:
    from fleet.settings.model import Settings
    from fleet.site.model import Site

Dns = Literal["auto", "manual"]


def zoned_hosts(site: Site, settings: Settings) -> dict[str, str]:
    """Host -> zone of those that the program points at the load balancer."""
    if site.dns == "manual":
        return {}
    found = {host: zone_of(host, settings.zones) for host in site.domains}
    return {host: zone for host, zone in found.items() if zone is not None}
