"""The certificates of ACM that hosts are served by, or wait for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import boto3

from fleet.operations.live.account import CONFIG
from fleet.settings.edge import EDGE_REGION, at_edge
from fleet.settings.model import Settings
from fleet.settings.zones import zone_of
from fleet.site.certificate import covers, owners_certificates
from fleet.site.dns import GIVEN_UP, PROOF, DnsRecord, zoned_hosts
from fleet.site.model import Site

State = Literal["served", "issued", "waiting", "unproved", "failed", "expired", "none"]

# What ACM says of a certificate, the best first.
_STATES: dict[str, State] = {
    "ISSUED": "issued",
    "PENDING_VALIDATION": "waiting",
    "EXPIRED": "expired",
    "FAILED": "failed",
    "VALIDATION_TIMED_OUT": "unproved",
    "REVOKED": "failed",
    "INACTIVE": "failed",
}

_DEAD = ("unproved", "failed")

# Without being asked ACM tells of RSA keys of 2,048 bits alone.
_KEYS = [
    *("RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096"),
    *("EC_prime256v1", "EC_secp384r1", "EC_secp521r1"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One of the account's. `since`: issued, or asked for; `ends`: runs out."""

    arn: str
    hosts: tuple[str, ...]
    state: State
    since: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStatus:
    """A site's host and its certificate.

    `state`: `served` by the load balancer; `issued`, so the next `up` takes the host in; `waiting`
    for the record that proves the host; `unproved`: nobody made it for 72 hours, and ACM gave up;
    `failed`: ACM refuses to issue it; `expired`; `none` in this account and region. `name_by`: who
    points the name at the load balancer. `certificate`: the ARN.
    """

    host: str
    state: State
    since: datetime | None
    days_left: int | None
    certificate: str | None
    name_by: Literal["up", "owner"]


def certificates_client(session: boto3.Session, settings: Settings) -> Any:
    """ACM where visitors' certificates are: at the edge in CloudFront's own region."""
    region = EDGE_REGION if at_edge(settings) else None
    return session.client("acm", region_name=region, config=CONFIG)


def read_certificates(acm: Any) -> list[Certificate]:
    """All of the region, as one call for each thousand tells them."""
    pages = acm.get_paginator("list_certificates").paginate(
        CertificateStatuses=list(_STATES), Includes={"keyTypes": _KEYS}
    )
    return [_certificate(summary) for page in pages for summary in page["CertificateSummaryList"]]


def host_states(
    site: Site, settings: Settings, certificates: Sequence[Certificate], now: datetime
) -> tuple[HostStatus, ...]:
    """The site's hosts; none where sites are served over plain HTTP."""
    if settings.scheme == "http":
        return ()
    by_up = zoned_hosts(site, settings)
    return tuple(_host_state(host, certificates, now, by_up=host in by_up) for host in site.domains)


def _host_state(
    host: str, certificates: Sequence[Certificate], now: datetime, *, by_up: bool
) -> HostStatus:
    """The host under the best certificate that there is for it."""
    order = ["served", *_STATES.values()]
    fitting = [each for each in certificates if any(covers(name, host) for name in each.hosts)]
    best = min(fitting, key=lambda each: order.index(each.state), default=None)
    return HostStatus(
        host=host,
        state=best.state if best else "none",
        since=best.since if best else None,
        days_left=(best.ends - now).days if best and best.ends else None,
        certificate=best.arn if best else None,
        name_by="up" if by_up else "owner",
    )


def proofs(acm: Any, site: Site, settings: Settings) -> Iterator[DnsRecord]:
    """The records that prove the site's foreign hosts, once `up` has asked for certificates."""
    wanted = owners_certificates(site, settings)
    found = read_certificates(acm) if wanted else []
    for hosts in wanted:
        detail = _newest(acm, hosts, found)
        for option in detail.get("DomainValidationOptions", []):
            record = option.get("ResourceRecord")
            # What lies in a zone `up` proves itself.
            if record and not zone_of(option["DomainName"], settings.zones):
                yield DnsRecord(
                    name=record["Name"].removesuffix("."),
                    type="CNAME",
                    value=record["Value"].removesuffix("."),
                    purpose=GIVEN_UP if _STATES[detail["Status"]] in _DEAD else PROOF,
                    zone=None,
                )


def _newest(acm: Any, hosts: Sequence[str], found: Sequence[Certificate]) -> dict[str, Any]:
    """ACM's words of the last certificate that was asked for, for just these hosts; {} for none.

    One that ACM gave up only where there is no other.

    The list that it was found in has a certificate's first hundred names only.
    """
    dead = [each for each in found if each.state in _DEAD]
    living = [each for each in found if each.state not in _DEAD]
    for each in [*reversed(living), *reversed(dead)]:
        if hosts[0] in each.hosts:
            detail = acm.describe_certificate(CertificateArn=each.arn)["Certificate"]
            if set(detail["SubjectAlternativeNames"]) == set(hosts):
                return detail
    return {}


def _certificate(summary: Any) -> Certificate:
    state = _STATES[summary["Status"]]
    return Certificate(
        arn=summary["CertificateArn"],
        hosts=tuple(summary.get("SubjectAlternativeNameSummaries") or [summary["DomainName"]]),
        state="served" if state == "issued" and summary.get("InUse") else state,
        since=summary.get("IssuedAt") or summary.get("CreatedAt"),
        ends=summary.get("NotAfter"),
    )
