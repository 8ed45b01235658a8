"""The certificates of a site's hosts."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from fleet.problems import Breach
from fleet.quotas import FIRST_NAME_CHARACTERS, NAMES_A_CERTIFICATE
from fleet.settings.certificates import first_host, makes_certificates, own_address
from fleet.settings.zones import zone_of
from fleet.site.dns import label_of
from fleet.site.group import Case, Group

if TYPE_CHECKING:
    from fleet.settings.model import Settings
    from fleet.site.model import Site


def certified_hosts(site: Site, settings: Settings) -> list[str]:
    """The hosts that `up` asks ACM for certificates for; none with one that was there before."""
    if site.certificate_arn is not None or not makes_certificates(settings):
        return []
    shared = first_host(settings, site.cell)
    waiting = [host for host in site.domains if not covers(shared, host)]
    if settings.edge == "none":
        return waiting
    # One certificate serves all hosts of a distribution; none of the load balancer's does.
    if settings.domain_suffix is None or any(zone_of(host, settings.zones) for host in waiting):
        return list(site.domains)
    return waiting


def own_certificates(site: Site, settings: Settings) -> list[tuple[str, ...]]:
    """The hosts of each certificate that `up` makes and proves, in the order of its domains.

    A name and the wildcard below it, which one record proves, stand in one certificate: of two
    resources for one record the end of either would take it from both.
    """
    families: dict[str, list[str]] = {}
    for host in certified_hosts(site, settings):
        if zone_of(host, settings.zones):
            families.setdefault(host.removeprefix("*."), []).append(host)
    batches: list[list[str]] = [[]]
    for family in families.values():
        if len(batches[-1]) + len(family) > NAMES_A_CERTIFICATE:
            batches.append([])
        batches[-1] += family
    return [tuple(batch) for batch in batches if batch]


def foreign_hosts(site: Site, settings: Settings) -> list[str]:
    """The hosts in no zone, which their owners have to prove."""
    return [host for host in certified_hosts(site, settings) if not zone_of(host, settings.zones)]


def owners_certificates(site: Site, settings: Settings) -> list[tuple[str, ...]]:
    """The hosts of each certificate that the owners of foreign hosts have to prove.

    One a host: ACM issues a certificate once all its names are proved, so a host whose owner takes
    his time would hold up the others; and a further host replaces none that is in service. At the
    edge one for all of the site's hosts, since a distribution has one.
    """
    foreign = foreign_hosts(site, settings)
    if settings.edge == "none":
        return [(host,) for host in foreign]
    return [tuple(dict.fromkeys([*foreign, *site.domains]))] if foreign else []


def with_own_address(site: Site, settings: Settings) -> Site:
    """The site; with its address of the environment as the last of its hosts if one is foreign."""
    address = own_address(site.name, site.cell, settings) if foreign_hosts(site, settings) else None
    if address is None or address in site.domains:
        return site
    return site.model_copy(update={"domains": (*site.domains, address)})


def as_served(site: Site, settings: Settings, issued: Collection[str]) -> Site:
    """The site under a host that visitors can reach: its own address while the first one waits.

    `issued`: hosts that an owners' certificate serves.
    """
    first, *others = site.domains
    is_served = first in issued and first not in site.cdn.elsewhere
    if is_served or first not in foreign_hosts(site, settings):
        return site
    address = own_address(site.name, site.cell, settings)
    waiting = [host for host in others if host != address]
    return site.model_copy(update={"domains": (address, first, *waiting)})


def owners_certificate_name(site: str, hosts: Collection[str]) -> str:
    """The logical name of an owners' certificate, and of its place on the listener.

    Of several hosts a digest: one more makes another certificate, and the old one serves on until
    ACM has issued that.
    """
    if len(hosts) == 1:
        return f"{site}-certificate-{label_of(*hosts)}"
    digest = hashlib.sha256(" ".join(sorted(hosts)).encode()).hexdigest()
    return f"{site}-certificate-{digest[:8]}"


def covers(name: str, host: str) -> bool:
    """Whether a certificate for the name is good for the host; a star is one label."""
    return host == name or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def validated_names(hosts: tuple[str, ...]) -> list[str]:
    """The names whose records prove the hosts: a wildcard's is that of the name below its star."""
    return list(dict.fromkeys(host.removeprefix("*.") for host in hosts))


def listener_certificates(site: Site, settings: Settings) -> int:
    """Certificates of the site on the listener, beside the listener's own; at the edge none."""
    if settings.edge == "cloudfront":
        return 0
    if site.certificate_arn is not None:
        return len(site.certificate_arn)
    return len(own_certificates(site, settings)) + len(owners_certificates(site, settings))


def _first_name(case: Case) -> Iterator[Breach]:
    """The first name of a certificate, which a foreign host is always, may not be longer."""
    settings = case.settings
    if settings is None or case.site.certificate_arn or not makes_certificates(settings):
        return
    for index, host in enumerate(case.domains):
        if host and len(host) > FIRST_NAME_CHARACTERS and not zone_of(host, settings.zones):
            yield Breach(
                (("domains", index), ("certificate_arn",)),
                f"found {host}, which has {len(host)} characters and is in none of the zones",
                f"hosts of {FIRST_NAME_CHARACTERS} characters, which ACM takes as a certificate's "
                "first name, or a certificate_arn of the site",
                "certificate_arn: arn:aws:acm:eu-west-1:123456789012:certificate/"
                "12345678-1234-1234-1234-123456789012",
            )


def _over_https(case: Case) -> Iterator[Breach]:
    settings = case.settings
    if settings is not None and case.site.certificate_arn and settings.scheme == "http":
        yield Breach(
            (("certificate_arn",),),
            "found a certificate of the site in an environment that serves plain HTTP",
            "certificate_arn where the setting certificateArn or `zones` makes HTTPS",
            f"certificateArn in Pulumi.{settings.environment}.yaml",
        )


_SETTINGS = ("settings.certificate_arn", "settings.zones", "settings.allow_http")

GROUP = Group(
    rules=(
        (("domains", "certificate_arn", *_SETTINGS), _first_name),
        (("certificate_arn", *_SETTINGS), _over_https),
    )
)
