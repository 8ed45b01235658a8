"""A site's names in the environment's zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fleet.settings.certificates import makes_certificates, own_address
from fleet.settings.zones import zone_of

if TYPE_CHECKING:
    from fleet.settings.model import Settings
    from fleet.site.model import Site

Dns = Literal["auto", "manual"]


VISITORS = "visitors"
PROOF = "certificate"
# The same record proves the host again once ACM is asked again.
GIVEN_UP = "certificate, given up"
MOVE = "the move"


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsRecord:
    """A record that has to stand in the DNS. Names and values are without the last dot.

    `zone` is that of the environment's `zones` in which `up` writes it; None for one that whoever
    owns the domain has to make. `purpose` is what it is for, in a few words.
    """

    name: str
    type: Literal["A", "CAA", "CNAME", "MX", "TXT"]
    value: str
    purpose: str
    zone: str | None


def site_records(site: Site, settings: Settings, address: str) -> list[DnsRecord]:
    """A record for each of the site's hosts, which lead to `address`; where another distribution
    still has the host, also the one by which CloudFront gives it to that of this address."""
    zoned = zoned_hosts(site, settings)
    moves = [
        DnsRecord(name=f"_{host}", type="TXT", value=address, purpose=MOVE, zone=None)
        for host in site.cdn.elsewhere
    ]
    return [
        *moves,
        *(
            DnsRecord(
                name=host,
                # An alias record in Route 53, which asks for no other type.
                type="A" if host in zoned else "CNAME",
                value=address,
                purpose=VISITORS,
                zone=zoned.get(host),
            )
            for host in site.domains
        ),
    ]


def label_of(host: str) -> str:
    """The host in the name of a resource; `pulumi up --target` takes a star for a pattern."""
    return host.replace("*", "wildcard")


def record_types(settings: Settings) -> tuple[Literal["A", "AAAA"], ...]:
    """The alias records of a host; CloudFront has IPv6 addresses, too."""
    return ("A", "AAAA") if settings.edge == "cloudfront" else ("A",)


def zoned_hosts(site: Site, settings: Settings) -> dict[str, str]:
    """Host -> zone of those that the program points at the load balancer.

    With `dns: manual` that is the site's address of the environment alone, if it has one.
    """
    hosts = site.domains
    if site.dns == "manual":
        own = own_address(site.name, site.cell, settings) if makes_certificates(settings) else None
        hosts = tuple(host for host in hosts if host == own)
    found = {host: zone_of(host, settings.zones) for host in hosts}
    return {host: zone for host, zone in found.items() if zone is not None}
