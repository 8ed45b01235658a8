"""The certificates of a site's hosts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fleet.batches import in_batches
from fleet.problems import Breach
from fleet.quotas import NAMES_A_CERTIFICATE
from fleet.settings.certificates import first_host, makes_certificates
from fleet.settings.zones import zone_of
from fleet.site.group import Case, Group

if TYPE_CHECKING:
    from fleet.settings.model import Settings
    from fleet.site.model import Site


def own_certificates(site: Site, settings: Settings) -> list[tuple[str, ...]]:
    """The hosts of each certificate that `up` makes for the site, in the order of its domains."""
    if site.certificate_arn is not None or not makes_certificates(settings):
        return []
    hosts = [host for host in site.domains if not _covered(host, first_host(settings))]
    return [tuple(batch) for batch in in_batches(hosts, NAMES_A_CERTIFICATE)]


def validated_names(hosts: tuple[str, ...]) -> list[str]:
    """The names whose records prove the hosts: a wildcard's is that of the name below its star."""
    return list(dict.fromkeys(host.removeprefix("*.") for host in hosts))


def listener_certificates(site: Site, settings: Settings) -> int:
    """Certificates of the site on the listener, beside the listener's own."""
    if site.certificate_arn is not None:
        return 1
    return len(own_certificates(site, settings))


def _covered(host: str, by: str) -> bool:
    return host == by or (by.startswith("*.") and host.partition(".")[2] == by[2:])


def _hosts_in_zones(case: Case) -> Iterator[Breach]:
    """ACM asks for a record of each host, which `up` can write in `zones` only."""
    settings = case.settings
    if settings is None or case.site.certificate_arn or not makes_certificates(settings):
        return
    for index, host in enumerate(case.domains):
        if host is not None and zone_of(host, settings.zones) is None:
            yield Breach(
                (("domains", index), ("certificate_arn",)),
                f"found {host}, for which there is no certificate: it is in none of the zones",
                "hosts in the setting `zones`, or a certificate_arn of the site",
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
        (("domains", "certificate_arn", *_SETTINGS), _hosts_in_zones),
        (("certificate_arn", *_SETTINGS), _over_https),
    )
)
