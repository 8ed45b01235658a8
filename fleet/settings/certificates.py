"""Which environments make certificates, and the one that their listener begins with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fleet.names import stack_label
from fleet.problems import Breach
from fleet.settings.zones import zone_of

if TYPE_CHECKING:
    from fleet.settings.model import Settings


def makes_certificates(settings: Settings) -> bool:
    """Whether `up` has ACM make certificates: HTTPS without one that was there before."""
    return settings.scheme == "https" and settings.certificate_arn is None and bool(settings.zones)


def makes_listener_certificate(settings: Settings) -> bool:
    """Whether `up` makes the one that the listener begins with.

    At the edge visitors never see it, so a certificate that was there before is not for it.
    """
    return settings.edge == "cloudfront" or makes_certificates(settings)


def further_certificates(settings: Settings) -> tuple[str, ...]:
    """ARNs of those that the listener has beside the one that it begins with."""
    return (settings.certificate_arn or ())[1:]


def own_suffix(settings: Settings, cell: str | None) -> str:
    """What follows `SITE.` in the address that each site of a cell has from the environment.

    The domain suffix, or a name of the stack's own in the first zone.
    """
    if settings.domain_suffix is not None:
        return settings.domain_suffix
    return f"{stack_label(settings.environment, cell)}.{settings.zones[0]}"


def own_address(site: str, cell: str | None, settings: Settings) -> str:
    """Where a site answers while its own hosts wait for their certificates."""
    return f"{site}.{own_suffix(settings, cell)}"


def first_host(settings: Settings, cell: str | None) -> str:
    """What the listener's own certificate is for, when `up` makes it: the sites' own addresses.

    A listener can't be without a certificate, and no site's may be the first.
    """
    return f"*.{own_suffix(settings, cell)}"


def suffix_in_a_zone(settings: Settings) -> Iterator[Breach]:
    """The certificate of the suffix is validated by a record in its zone."""
    suffix = settings.domain_suffix
    if suffix is None or not makes_certificates(settings):
        return
    if zone_of(suffix, settings.zones) is None:
        yield Breach(
            (("domainSuffix",),),
            f"found {suffix}, which is in none of the zones, and no certificate",
            "a suffix in one of zones, or certificateArn",
            f"domainSuffix: dev.{settings.zones[0]}",
        )
