"""What CloudFront keeps of a site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from fleet.edge.function import viewer_request
from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.durations import duration, seconds
from fleet.fields.types import Model
from fleet.plan.lines import Line, Rates
from fleet.problems import Breach
from fleet.quotas import FUNCTION_BYTES, NAMES_A_CERTIFICATE
from fleet.settings.certificates import first_host, makes_certificates
from fleet.settings.edge import EDGE_REGION, at_edge, not_for_edge
from fleet.settings.zones import zone_of
from fleet.site.certificate import covers
from fleet.site.group import Case, Found, Group
from fleet.site.task_numbers import Tasks

if TYPE_CHECKING:
    from fleet.settings.model import Settings
    from fleet.site.model import Site, SiteFields

TTL = ("1m", "8760h")
NEVER = "never"
# CloudFront takes 50 tags an object, and 30 in a purge leave room for those under way.
PURGE_TAGS = (1, 30)
# What a save of a post changes by the image's count: itself, its lists, search, pages not found.
TAGS_A_SAVE = 6
DAYS = 30
_BYPASS = "FLEET_PAGE_CACHE_BYPASS_COOKIES"
_EXAMPLE = (
    f"arn:aws:acm:{EDGE_REGION}:123456789012:certificate/12345678-1234-1234-1234-123456789012"
)
_COOKIE = r"[A-Za-z0-9_-]+"
# Flat-rate plans of a distribution that take VPC origins and policies of one's own, the cheapest
# first: name, USD a month, million requests, TB. AWS's page on CloudFront pricing, 2026-11.
FLAT_RATES = (("Business", 200, 125, 50), ("Premium", 1_000, 500, 50))


class Expect(Model):
    """What visitors ask for in a month."""

    requests: Annotated[
        float,
        Field(ge=0),
        Doc("million requests a month", "a number of 0 or more", 20, built_in="0.5"),
    ] = 0.5
    terabytes: Annotated[
        float,
        Field(ge=0),
        Doc("TB a month to visitors", "a number of 0 or more", 4, built_in="0.02"),
    ] = 0.02


def _ttl(text: str) -> str:
    return text if text == NEVER else duration(*TTL)(text)


class Cdn(Model):
    """What the edge keeps, and how it is told of changes."""

    ttl: Annotated[
        str,
        AfterValidator(_ttl),
        Doc(
            "how long a page stays at the edge unless what it shows changes; never: files only",
            f"a time from {TTL[0]} to {TTL[1]}, or {NEVER}",
            "1h",
        ),
    ] = "24h"
    cookies: Annotated[
        tuple[Annotated[str, Field(pattern=rf"^{_COOKIE}$")], ...],
        Field(strict=False),
        Doc(
            "beginnings of cookie names whose visitors get pages of their own, beside WordPress's "
            "and the shops'",
            "a list of letters, digits, _ and -",
            ["my_cart", "currency"],
            built_in="none",
        ),
    ] = ()
    purge_tags: Annotated[
        int,
        Field(ge=PURGE_TAGS[0], le=PURGE_TAGS[1]),
        Doc(
            "most tags of one purge, each of which is paid for; what changes more is purged whole",
            whole(*PURGE_TAGS),
            1,
        ),
    ] = 10
    elsewhere: Annotated[
        tuple[str, ...],
        Field(strict=False),
        Doc(
            "hosts of the site that another distribution still has: this one has their certificate "
            "and doesn't take them yet",
            "a list of the site's hosts",
            ["client.example"],
            built_in="none",
        ),
    ] = ()
    expect: Annotated[
        Expect,
        Doc(
            "what visitors ask for, for the estimate",
            f"a map of {keys_of(Expect)}",
            {"requests": 20, "terabytes": 4},
        ),
    ] = Expect()

    @property
    def seconds(self) -> int:
        """`ttl`; 0 where no page is kept."""
        return 0 if self.ttl == NEVER else seconds(self.ttl)


def bypass_cookies(site: SiteFields) -> list[str]:
    """Beginnings of cookie names that make a visitor known, for nginx as for the edge."""
    written = [each for each in site.env.get(_BYPASS, "").split(",") if each]
    return list(dict.fromkeys([*written, *site.cdn.cookies]))


def keeps_pages(site: SiteFields) -> bool:
    """Whether the edge keeps pages of the site. Without nginx's word it keeps none."""
    return site.cdn.seconds > 0 and site.env.get("FLEET_PAGE_CACHE") != "off"


def has_own_function(site: Site) -> bool:
    """Whether the cell's function would answer otherwise than the site wants."""
    return bool(bypass_cookies(site)) or takes_xmlrpc(site) or not keeps_pages(site)


def takes_xmlrpc(site: SiteFields) -> bool:
    """Whether the site answers at xmlrpc.php."""
    return site.env.get("FLEET_XMLRPC") == "on"


def edge_variables(site: Site, settings: Settings, distribution: str) -> dict[str, str]:
    """What the image is told of the edge: `distribution` is the id."""
    if not at_edge(settings):
        return {}
    cookies = bypass_cookies(site)
    return {
        "FLEET_EDGE_DISTRIBUTION": distribution,
        "FLEET_EDGE_SECONDS": str(site.cdn.seconds if keeps_pages(site) else 0),
        "FLEET_EDGE_TAGS": str(site.cdn.purge_tags),
        **({_BYPASS: ",".join(cookies)} if cookies else {}),
    }


def _needs_edge(case: Case) -> Iterator[Breach]:
    settings = case.settings
    if settings is not None and "cdn" in case.site.model_fields_set and not at_edge(settings):
        yield Breach(
            (("cdn",),),
            "found it in an environment without an edge",
            "cdn with the setting edge: cloudfront; for some environments only, under "
            "`environments`",
            f"edge: cloudfront in Pulumi.{settings.environment}.yaml",
        )


def _hosts_elsewhere(case: Case) -> Iterator[Breach]:
    for index, host in enumerate(case.site.cdn.elsewhere):
        if host not in case.domains:
            yield Breach(
                (("cdn", "elsewhere", index),),
                f"found {host}, which is no host of the site",
                f"one of {', '.join(filter(None, case.domains))}",
                f"elsewhere: [{next(filter(None, case.domains), host)}]",
            )


def _fits_function(case: Case) -> Iterator[Breach]:
    """CloudFront takes no larger one, and says so when the site's others are up already."""
    settings, site = case.settings, case.site
    if settings is None or not at_edge(settings):
        return
    cookies = bypass_cookies(site)
    code = viewer_request(cookies, xmlrpc=takes_xmlrpc(site), pages=keeps_pages(site))
    if (size := len(code.encode())) > FUNCTION_BYTES:
        yield Breach(
            (("cdn", "cookies"), ("env", _BYPASS)),
            f"found {len(cookies)} names, with which the function of the edge has {size:,} bytes",
            f"names that leave it within the {FUNCTION_BYTES:,} bytes that CloudFront takes; one "
            "is the beginning of many",
            "cookies: [my_cart]",
        )


def _one_certificate(case: Case) -> Iterator[Breach]:
    """A distribution has one."""
    settings, site = case.settings, case.site
    if settings is None or not at_edge(settings):
        return
    arns = site.certificate_arn
    for arn in not_for_edge(arns):
        yield Breach(
            (("certificate_arn",),),
            f"found {arn} in an environment with an edge, which takes one certificate, of "
            f"ACM in {EDGE_REGION}",
            f"a certificate of ACM in {EDGE_REGION}, or none: `up` then makes one",
            f"certificate_arn: {_EXAMPLE}",
        )
    if arns is not None or not makes_certificates(settings):
        return
    # The site's own address of the environment stands beside hosts that wait for their owners.
    foreign = [host for host in case.domains if host and not zone_of(host, settings.zones)]
    room = NAMES_A_CERTIFICATE - bool(foreign)
    shared = first_host(settings, site.cell) if settings.domain_suffix else ""
    if len(case.domains) > room and not all(covers(shared, host or "") for host in case.domains):
        yield Breach(
            (("domains",),),
            f"found {len(case.domains)} hosts, while a distribution has one certificate and `up` "
            f"makes it for {room}" + (" beside the site's own address" if foreign else ""),
            f"up to {room} hosts, wildcards for more, or a certificate_arn that has them all",
            "domains: [client.example, '*.client.example']",
        )


def _flat_rate(site: Site) -> Found:
    """Which of AWS's two prices is lower; only where somebody says what to expect."""
    if "expect" not in site.cdn.model_fields_set:
        return
    expected = site.cdn.expect
    metered = 85 * expected.terabytes + 1.0 * expected.requests
    for name, usd, requests, terabytes in FLAT_RATES:
        if expected.requests <= requests and expected.terabytes <= terabytes:
            cheaper = usd < metered
            verdict = f"the flat-rate plan {name}" if cheaper else "pay as you go"
            yield (
                ("cdn", "expect"),
                f"{verdict} is cheaper: about {metered:,.0f} USD a month by use in us-east-1, "
                f"without the account's free 1 TB and 10 million requests, against {usd:,} USD for "
                f"{name}, the first plan that takes a VPC origin and {requests} million requests",
            )
            return
    yield (
        ("cdn", "expect"),
        f"pay as you go: about {metered:,.0f} USD a month by use in us-east-1; no flat-rate plan "
        f"takes {expected.requests:,g} million requests and {expected.terabytes:,g} TB, but AWS "
        "makes offers to those who commit to that much",
    )


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    """At least nobody comes, and nothing is saved."""
    if not rates.edge or site.state != "live":
        return
    prices, given, expected = rates.region.cloudfront, rates.assumptions, site.cdn.expect
    requests = expected.requests * 100
    yield Line(
        "Requests at the edge", "10,000 requests", 0, requests, prices.ten_thousand, "cloudfront"
    )
    gigabytes = expected.terabytes * 1_000
    yield Line("Data from the edge", "GB", 0, gigabytes, prices.gb, "cloudfront")
    calls = expected.requests
    yield Line("Edge function", "million calls", 0, calls, prices.million_calls, "cloudfront")
    if keeps_pages(site):
        tags = 1 if site.cdn.purge_tags < TAGS_A_SAVE else TAGS_A_SAVE
        paths = given.saves * DAYS * tags
        yield Line("Purges of the edge", "paths", 0, paths, prices.path, "cloudfront")


_SETTINGS = (
    "settings.edge",
    "settings.zones",
    "settings.certificate_arn",
    "settings.domain_suffix",
)

GROUP = Group(
    rules=(
        (("cdn", "settings.edge"), _needs_edge),
        (("cdn", "domains"), _hosts_elsewhere),
        (("cdn", "env", "settings.edge"), _fits_function),
        (("domains", "certificate_arn", *_SETTINGS), _one_certificate),
    ),
    warnings=(_flat_rate,),
    cost=_cost,
)
