"""The web application firewall before an environment's sites."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.types import SettingsModel
from fleet.quotas import ADDRESSES_AN_IP_SET, RATE_LIMIT

WafMode = Literal["block", "count"]


def _network(text: str) -> str:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise ValueError(f"which is no such network ({error})") from None
    if "/" not in text or network.prefixlen == 0:
        raise ValueError(f"which has no length from /1 to /{network.max_prefixlen}")
    return text


Network = Annotated[str, AfterValidator(_network)]
_NETWORKS = "a list of IPv4 and IPv6 networks, a single address with /32 or /128"


class WafSettings(SettingsModel):
    """What AWS WAF refuses before a request comes to a site."""

    mode: Annotated[
        WafMode,
        Doc(
            "whether it refuses requests, or only writes down which it would",
            "block or count",
            "count",
        ),
    ] = "block"
    allow: Annotated[
        tuple[Network, ...],
        Field(strict=False, max_length=ADDRESSES_AN_IP_SET),
        Doc("whom no rule refuses", _NETWORKS, ["192.0.2.7/32"], built_in="none"),
    ] = ()
    deny: Annotated[
        tuple[Network, ...],
        Field(strict=False, max_length=ADDRESSES_AN_IP_SET),
        Doc("whom every site refuses", _NETWORKS, ["198.51.100.0/24"], built_in="none"),
    ] = ()
    logins: Annotated[
        int,
        Field(ge=RATE_LIMIT[0], le=RATE_LIMIT[1]),
        Doc("log-ins that an address may try on a site in five minutes", whole(*RATE_LIMIT), 50),
    ] = 20
    requests: Annotated[
        int,
        Field(ge=RATE_LIMIT[0], le=RATE_LIMIT[1]),
        Doc("requests that an address may make in five minutes", whole(*RATE_LIMIT), 10_000),
    ] = 2_000


WafSetting = Annotated[
    WafSettings | None,
    Doc(
        "AWS WAF before all sites, at 5 USD a month and 1 USD for each of about eleven rules",
        f"a map of {keys_of(WafSettings)}",
        {"mode": "block"},
        built_in="none",
    ),
]


def address_lists(waf: WafSettings) -> dict[str, tuple[str, ...]]:
    """The networks of each IP set, which AWS keeps apart by version: `allow-ipv4`, `deny-ipv6`."""
    found: dict[str, tuple[str, ...]] = {}
    for name, networks in (("allow", waf.allow), ("deny", waf.deny)):
        for version in (4, 6):
            of_version = tuple(each for each in networks if ip_network(each).version == version)
            if of_version:
                found[f"{name}-ipv{version}"] = of_version
    return found
