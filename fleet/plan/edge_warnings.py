"""What may surprise of that which stands before the sites: firewalls, and CDNs of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.names import in_order
from fleet.quotas import WEB_ACL_UNITS
from fleet.settings.edge import at_edge
from fleet.settings.model import Settings
from fleet.settings.waf import address_lists
from fleet.settings.waf_capacity import units
from fleet.settings.waf_rules import web_acl_rules
from fleet.site.model import Site
from fleet.site.waf import counted_hosts

Path = tuple[str, ...]

_PROXIES = "FLEET_TRUSTED_PROXIES"


def edge_warnings(sites: Sequence[Site], settings: Settings) -> Iterator[tuple[Path, str]]:
    """Paths into the settings, and what to know."""
    yield from _capacity(sites, settings)
    behind = [site.name for site in sites if site.env.get(_PROXIES)]
    if behind and not at_edge(settings):
        yield (
            ("edge",),
            f"{_PROXIES} says that a CDN stands before {', '.join(behind[:3])}"
            f"{' and others' if len(behind) > 3 else ''}, while the load balancer answers all of "
            "the internet: whoever asks it directly goes past that CDN and what it refuses",
        )


def _capacity(sites: Sequence[Site], settings: Settings) -> Iterator[tuple[Path, str]]:
    """An ACL a cell, which grows with the hosts that it only counts."""
    if settings.waf is None:
        return
    lists = dict.fromkeys(address_lists(settings.waf), "")
    for cell in sorted({site.cell for site in sites}, key=in_order):
        counted = counted_hosts(site for site in sites if site.cell == cell)
        rules = web_acl_rules(settings.waf, counted, lists)
        taken = sum(units(rule["Statement"]) for rule in rules)
        if taken > WEB_ACL_UNITS:
            where = f" in cell {cell}" if cell else ""
            yield (
                ("waf",),
                f"with {len(counted)} hosts that are only counted{where} its rules take {taken:,} "
                f"units; above {WEB_ACL_UNITS:,} AWS asks more for each request",
            )
