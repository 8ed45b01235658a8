"""Certificates that `up` makes: of whose hosts, proved where, and on which listener."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from program.held import SITE_TYPE
from tests.program.fleets import CERTIFICATE, Programs, site
from tests.program.recording import Recording

ZONES: dict[str, Any] = {"certificateArn": "", "zones": ["example.com", "shop.example.com"]}


def certificates(recording: Recording) -> dict[str, list[str]]:
    return {
        each.name: [each.inputs["domainName"], *each.inputs.get("subjectAlternativeNames", [])]
        for each in recording.of_type("acm:Certificate")
    }


def listed(recording: Recording) -> dict[str, str]:
    """ARN of a certificate by the name of its entry on the listener."""
    return {
        each.name: each.inputs["certificateArn"]
        for each in recording.of_type("lb:ListenerCertificate")
    }


def test_a_site_has_a_certificate_of_its_hosts(programs: Programs) -> None:
    hosts = ["shop.example.com", "*.shop.example.com", "www.example.com"]
    recording = programs.run({"shop": site("shop", domains=hosts)}, ZONES)
    assert certificates(recording) == {
        "base-certificate": ["*.test.example.com"],
        "shop-certificate-1": hosts,
    }
    own = recording.named("acm:Certificate", "shop-certificate-1")
    assert listed(recording) == {"shop-certificate-1": own.state["arn"]}
    listener = recording.named("lb:Listener", "base-alb-https")
    first = recording.named("acm:Certificate", "base-certificate")
    assert listener.inputs["certificateArn"] == first.state["arn"]


def test_each_name_is_proved_once_in_its_zone(programs: Programs) -> None:
    hosts = ["shop.example.com", "*.shop.example.com", "www.example.com"]
    recording = programs.run({"shop": site("shop", domains=hosts, dns="manual")}, ZONES)
    proofs = {
        each.name: each for each in recording.of_type("route53:Record") if each.name[:4] == "shop"
    }
    assert set(proofs) == {
        "shop-certificate-1-shop.example.com",
        "shop-certificate-1-www.example.com",
    }
    assert len({each.inputs["zoneId"] for each in proofs.values()}) == 2
    options = recording.named("acm:Certificate", "shop-certificate-1").state[
        "domainValidationOptions"
    ]
    asked = {each["resourceRecordName"].rstrip(".") for each in options}
    assert {each.inputs["name"] for each in proofs.values()} == asked


def test_more_hosts_than_a_certificate_takes(programs: Programs) -> None:
    hosts = [f"{letter}.example.com" for letter in "abcdefghijkl"]
    made = certificates(programs.run({"blog": site("blog", domains=hosts)}, ZONES))
    assert made["blog-certificate-1"] == hosts[:10]
    assert made["blog-certificate-2"] == hosts[10:]


def test_a_wildcard_stays_with_its_name(programs: Programs) -> None:
    """One record proves both, and belongs to one certificate."""
    hosts = [f"{letter}.example.com" for letter in "abcdefghij"]
    sites = {"blog": site("blog", domains=[*hosts, "*.j.example.com"])}
    made = certificates(programs.run(sites, ZONES))
    assert made["blog-certificate-1"] == hosts[:9]
    assert made["blog-certificate-2"] == ["j.example.com", "*.j.example.com"]


def test_sites_of_a_suffix_share_the_listeners_own(programs: Programs) -> None:
    settings = {**ZONES, "domainSuffix": "dev.example.com"}
    recording = programs.run({"blog": site("blog"), "shop": site("shop")}, settings)
    assert certificates(recording) == {"base-certificate": ["*.dev.example.com"]}
    assert listed(recording) == {}


@pytest.mark.parametrize("state", ["paused", "retired"])
def test_a_site_at_rest_keeps_its_certificate(programs: Programs, state: str) -> None:
    recording = programs.run({"blog": site("blog", state=state)}, ZONES)
    assert set(listed(recording)) == {"blog-certificate-1"}


def test_a_certificate_that_was_there_before_is_listed_beside(programs: Programs) -> None:
    other = CERTIFICATE[:-1] + "1"
    recording = programs.run({"blog": site("blog", certificate_arn=other), "shop": site("shop")})
    assert certificates(recording) == {}
    assert listed(recording) == {"blog-certificate-1": other}


def test_plain_http_makes_none(programs: Programs) -> None:
    recording = programs.run({"blog": site("blog")}, {**ZONES, "allowHttp": True})
    assert certificates(recording) == {}
    assert recording.named("ecs:Service", "blog")
    assert not [each for each in recording.of_type("lb:Listener") if each.name.endswith("https")]


FOREIGN = ["client.example", "*.client.example", "blog.example.com"]


def test_a_host_in_no_zone_waits_in_a_certificate_of_its_own(programs: Programs) -> None:
    recording = programs.run({"blog": site("blog", domains=FOREIGN)}, ZONES)
    assert certificates(recording) == {
        "base-certificate": ["*.test.example.com"],
        "blog-certificate-1": ["blog.example.com"],
        "blog-certificate-client.example": ["client.example"],
        "blog-certificate-wildcard.client.example": ["*.client.example"],
    }
    assert set(listed(recording)) == {"blog-certificate-1"}
    records = {each.inputs["name"] for each in recording.of_type("route53:Record")}
    assert {"blog.test.example.com", "blog.example.com"} <= records
    assert not [name for name in records if name.endswith("client.example")]
    assert recording.exports["sites"]["blog"]["url"] == "https://blog.test.example.com"


def test_a_host_that_serves_is_not_asked_for_again(programs: Programs) -> None:
    """Whatever ACM would say of it, no run takes it off the air."""
    type_ = "aws:lb/listenerCertificate:ListenerCertificate"
    urn = f"urn:pulumi:test::wordpress-fleet::{SITE_TYPE}${type_}::blog-certificate-client.example"
    held = {urn: {"type": type_, "outputs": {}}}
    recording = programs.run({"blog": site("blog", domains=FOREIGN)}, ZONES, stack_resources=held)
    assert set(listed(recording)) == {"blog-certificate-1", "blog-certificate-client.example"}
    assert recording.exports["sites"]["blog"]["url"] == "https://client.example"


def test_a_foreign_host_that_is_too_long_is_refused(programs: Programs) -> None:
    host = f"{'a' * 60}.example"
    with pytest.raises(pulumi.RunError, match=r"domains\[0\]: found a+.example, which has 68"):
        programs.run({"blog": site("blog", domains=[host])}, ZONES)


def test_certificates_that_were_there_before_stand_side_by_side(programs: Programs) -> None:
    given = [f"{CERTIFICATE[:-1]}{number}" for number in range(4)]
    sites = {"blog": site("blog"), "shop": site("shop", certificate_arn=given[2:])}
    recording = programs.run(sites, {"certificateArn": given[:2]})
    assert recording.named("lb:Listener", "base-alb-https").inputs["certificateArn"] == given[0]
    assert listed(recording) == {
        "base-alb-certificate-2": given[1],
        "shop-certificate-1": given[2],
        "shop-certificate-2": given[3],
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "nor a list of them"),
        ([CERTIFICATE, "blog"], "whose value 2 is no such ARN"),
        ([CERTIFICATE, CERTIFICATE], "names a certificate twice"),
        ({"blog": CERTIFICATE}, "nor a list of them"),
        ("blog", "which is no such ARN"),
    ],
)
def test_what_is_no_list_of_certificates(programs: Programs, given: Any, words: str) -> None:
    with pytest.raises(pulumi.RunError, match=words):
        programs.run({"blog": site("blog", certificate_arn=given)})
    if given:
        with pytest.raises(pulumi.RunError, match=words):
            programs.run({"blog": site("blog")}, {"certificateArn": given})
