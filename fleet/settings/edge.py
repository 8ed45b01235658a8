"""Whether CloudFront stands before the sites, and what that asks of the other settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from fleet.fields.doc import Doc, keys_of
from fleet.fields.types import SettingsModel
from fleet.problems import Breach
from fleet.settings.certificates import first_host

if TYPE_CHECKING:
    from fleet.settings.model import Settings

EdgeSetting = Annotated[
    Literal["none", "cloudfront"],
    Doc(
        "what stands between visitors and the load balancer; with cloudfront each site has a "
        "distribution, and the load balancer no public address; for good: another edge means "
        "another environment or cell",
        "none or cloudfront",
        "cloudfront",
    ),
]

_POLICY_ID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_PolicyId = Annotated[str, Field(pattern=_POLICY_ID)]
_RULE = "the id of a policy of CloudFront"


class EdgePolicies(SettingsModel):
    """Ids of policies in place of those that AWS manages.

    A policy takes 100 distributions. Whether AWS's own do, too, is written nowhere: copies of one's
    own would stand in.
    """

    cached: Annotated[
        _PolicyId,
        Doc(
            "cache policy of what is kept: by the origin's word alone, Host, cookies and query in "
            "the key",
            _RULE,
            "12345678-1234-1234-1234-123456789012",
        ),
    ] = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"  # UseOriginCacheControlHeaders-QueryStrings
    uncached: Annotated[
        _PolicyId,
        Doc("cache policy of what isn't", _RULE, "12345678-1234-1234-1234-123456789012"),
    ] = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
    forwarded: Annotated[
        _PolicyId,
        Doc(
            "origin request policy, which passes on all that visitors send",
            _RULE,
            "12345678-1234-1234-1234-123456789012",
        ),
    ] = "216adef6-5c7f-47e4-b989-5492eafa07d3"  # AllViewer


PoliciesSetting = Annotated[
    EdgePolicies,
    Doc(
        "policies of CloudFront in place of AWS's managed ones",
        f"a map of {keys_of(EdgePolicies)}",
        {"cached": "12345678-1234-1234-1234-123456789012"},
    ),
]

# Where CloudFront looks for certificates, and where its logs are set up, wherever the sites are.
EDGE_REGION = "us-east-1"


def at_edge(settings: Settings) -> bool:
    """Whether each site has a distribution, and the load balancer no way in from the internet."""
    return settings.edge == "cloudfront"


def origin_host(settings: Settings) -> str:
    """The name in the load balancer's own certificate by which CloudFront knows it.

    Nobody looks it up: a VPC origin leads to the load balancer by itself.
    """
    return first_host(settings, settings.cell).replace("*", "origin", 1)


def edge_over_https(settings: Settings) -> Iterator[Breach]:
    """CloudFront speaks TLS with the load balancer, whose certificate `up` proves in a zone."""
    if not at_edge(settings) or (settings.zones and settings.scheme == "https"):
        return
    found = "allowHttp" if settings.scheme == "http" else "no zones"
    yield Breach(
        (("edge",),),
        f"found edge: cloudfront with {found}, so that the load balancer behind it can't be told "
        "from another",
        "edge: cloudfront with zones, in one of which the load balancer's certificate is proved",
        "zones: [example.com]",
    )


def certificate_at_edge(settings: Settings) -> Iterator[Breach]:
    """CloudFront takes certificates of ACM in one region only."""
    for arn in not_for_edge(settings.certificate_arn if at_edge(settings) else None):
        yield Breach(
            (("certificateArn",),),
            f"found {arn} with edge: cloudfront, which takes one certificate, of ACM in "
            f"{EDGE_REGION}",
            f"a certificate of ACM in {EDGE_REGION}, or none: `up` then makes one of each site's",
            f"certificateArn: arn:aws:acm:{EDGE_REGION}:123456789012:certificate/"
            "12345678-1234-1234-1234-123456789012",
        )


def in_edge_region(arn: str) -> bool:
    """Whether CloudFront can use this certificate."""
    return arn.split(":")[2:4] == ["acm", EDGE_REGION]


def not_for_edge(arns: Sequence[str] | None) -> list[str]:
    """Those that CloudFront can't use, and beyond the first all: a distribution has one."""
    return [arn for number, arn in enumerate(arns or ()) if number > 0 or not in_edge_region(arn)]
