"""What `fleet status` says of hosts and their certificates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from fleet.cli.views.hosts import host_notes, hosts_table
from fleet.operations.live.certificates import (
    certificates_client,
    host_states,
    proofs,
    read_certificates,
)
from fleet.settings.load import parse_settings
from fleet.site.certificate import owners_certificates
from fleet.site.model import Site

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SETTINGS = parse_settings({"zones": '["example.com"]'}, environment="prod", source=None)
HOSTS = (
    "client.example",
    "late.example",
    "www.example.com",
    "new.example",
    "a.b.example",
    "no.caa.test",
    "x.y.example",
)
SITE = Site(name="blog", domains=HOSTS)


class Listing:
    """ACM's answers, with the fields that the emulator leaves out."""

    def __init__(self, *summaries: dict[str, Any]) -> None:
        self._summaries = summaries

    def get_paginator(self, name: str) -> Listing:
        assert name == "list_certificates"
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        yield {"CertificateSummaryList": list(self._summaries)}


def summary(host: str, status: str = "ISSUED", **more: Any) -> dict[str, Any]:
    return {"CertificateArn": f"arn:{host}", "DomainName": host, "Status": status, **more}


FOUND = Listing(
    summary("client.example", "PENDING_VALIDATION", CreatedAt=NOW),
    summary("late.example", InUse=True, NotAfter=NOW + timedelta(days=9), IssuedAt=NOW),
    summary("late.example", "FAILED"),
    summary("a.b.example", "VALIDATION_TIMED_OUT"),
    summary("no.caa.test", "FAILED"),
    summary(
        "x.example", InUse=True, SubjectAlternativeNameSummaries=["x.example", "*.example.com"]
    ),
    summary("new.example"),
    summary("*.example"),
)


def test_a_host_goes_by_the_best_certificate_for_it() -> None:
    found = host_states(SITE, SETTINGS, read_certificates(FOUND), NOW)
    assert [(each.host, each.state, each.name_by, each.days_left) for each in found] == [
        ("client.example", "issued", "owner", None),  # by the wildcard, before its own
        ("late.example", "served", "owner", 9),
        ("www.example.com", "served", "up", None),
        ("new.example", "issued", "owner", None),
        ("a.b.example", "unproved", "owner", None),
        ("no.caa.test", "failed", "owner", None),
        ("x.y.example", "none", "owner", None),
    ]


def test_only_what_is_amiss_is_told_beside_the_table() -> None:
    found = host_states(SITE, SETTINGS, read_certificates(FOUND), NOW)
    lines = [line.split(": ", 1) for line in host_notes("blog", found)]
    told = {host: note for hosts, note in lines for host in hosts.split(", ")}
    assert len(lines) < len(told)
    assert set(told) == set(HOSTS) - {"www.example.com"}
    assert "9 days left" in told["late.example"]
    again = "`fleet refresh --site blog` and `fleet up` ask again"
    assert told["a.b.example"].endswith(again)
    assert f"--certificate-arn arn:no.caa.test`, {again}" in told["no.caa.test"]
    assert hosts_table(found).row_count == len(HOSTS)


def test_plain_http_has_no_certificates() -> None:
    http = parse_settings({"allowHttp": "true"}, environment="dev", source=None)
    assert host_states(SITE, http, read_certificates(FOUND), NOW) == ()


@pytest.mark.usefixtures("aws")
def test_the_account_is_asked_in_its_own_words(aws: boto3.Session) -> None:
    acm = aws.client("acm")
    acm.request_certificate(DomainName="client.example", ValidationMethod="DNS")
    (first, *_) = host_states(SITE, SETTINGS, read_certificates(acm), NOW)
    assert (first.host, first.state) == ("client.example", "issued")


@pytest.mark.usefixtures("aws")
def test_at_the_edge_one_certificate_is_asked_for_in_its_region(aws: boto3.Session) -> None:
    edge = {"zones": '["example.com"]', "edge": "cloudfront", "adminEmail": "web@example.com"}
    settings = parse_settings(edge, environment="prod", source=None)
    site = Site(
        name="blog", domains=("blog.example.com", "client.example", "blog.prod.example.com")
    )
    west = boto3.Session(region_name="us-west-2")
    acm = certificates_client(west, settings)
    assert acm.meta.region_name == "us-east-1"
    (hosts,) = owners_certificates(site, settings)
    assert hosts[0] == "client.example"
    acm.request_certificate(
        DomainName=hosts[0], SubjectAlternativeNames=list(hosts), ValidationMethod="DNS"
    )
    # What lies in a zone `up` proves by the site's own certificate.
    (proof,) = proofs(acm, site, settings)
    assert proof.name.endswith(".client.example")
    assert certificates_client(west, SETTINGS).meta.region_name == "us-west-2"
