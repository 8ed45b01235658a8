"""A fleet behind CloudFront, on the engine: up, another site, more hosts, paused, gone."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.operations.declared import read_declared
from fleet.operations.live.dns import site_dns
from fleet.operations.target import Target
from simulator import happenings
from tests.engine.checkout import Checkout
from tests.engine.fleets import PLAIN, site
from tests.engine.network import make_network

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
CERTIFICATE = "aws:acm/certificate:Certificate"
ACL = "aws:wafv2/webAcl:WebAcl"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
RECORD = "aws:route53/record:Record"
IMAGE = "docker.io/library/wordpress:6.8"


@pytest.fixture
def edged(bare: Checkout) -> Checkout:
    """A base behind an edge with one plain site, `anchor`."""
    happenings.host_zone(bare.world, "example.com")
    bare.set(
        image=IMAGE,
        network=make_network(bare.world),
        zones=["example.com"],
        certificateArn=None,
        allowHttp=None,
        edge="cloudfront",
        waf={"deny": ["198.51.100.0/24", "2001:db8::/32"]},
    )
    bare.write_sites(PLAIN)
    bare.up()
    return bare


def aliases(fleet: Checkout) -> dict[str, list[str]]:
    return {each.name: each.props["aliases"] for each in fleet.world.resources(DISTRIBUTION)}


def test_sites_come_change_and_go(edged: Checkout) -> None:
    assert aliases(edged) == {"anchor": ["anchor.example.com"]}
    assert edged.world.named(BALANCER, "base-alb").props["internal"] is True
    acl = edged.world.named(ACL, "base-waf")
    assert edged.world.named(DISTRIBUTION, "anchor").props["webAclId"] == acl.props["arn"]
    assert ":us-east-1:" in acl.props["arn"]
    assert edged.up().steps == ()

    # Another site touches neither the base nor a site that stands.
    edged.write_sites({**PLAIN, "shop": site("shop")})
    assert edged.up().sites() == {"shop"}

    # More hosts: the distribution stays, and its certificate is another.
    before = edged.world.named(DISTRIBUTION, "shop")
    hosts = ["shop.example.com", "www.shop.example.com"]
    edged.write_sites({**PLAIN, "shop": site("shop", domains=hosts)})
    assert edged.up().sites() == {"shop"}
    after = edged.world.named(DISTRIBUTION, "shop")
    assert after.key == before.key
    assert after.props["aliases"] == hosts
    assert after.props["viewerCertificate"] != before.props["viewerCertificate"]
    assert edged.up().steps == ()

    # At rest a site keeps its names and its distribution, which passes the load balancer's 503.
    edged.write_sites({**PLAIN, "shop": site("shop", domains=hosts, state="retired")})
    edged.up()
    assert set(aliases(edged)) == {"anchor", "shop"}
    edged.write_sites(PLAIN)
    edged.up()
    assert set(aliases(edged)) == {"anchor"}
    # The firewall goes once no distribution names it.
    edged.set(waf=None)
    assert edged.up().of("update") == {(DISTRIBUTION, "anchor")}
    assert edged.world.resources(ACL) == []
    assert not [each for each in edged.world.resources(RECORD) if "shop" in each.name]


def certificate_of(fleet: Checkout, name: str) -> list[str]:
    """The names of the certificate that a site's distribution has."""
    arn = fleet.world.named(DISTRIBUTION, name).props["viewerCertificate"]["acmCertificateArn"]
    certificate = fleet.world.get(CERTIFICATE, arn)
    assert certificate is not None
    return sorted(certificate.props["subjectAlternativeNames"])


def test_hosts_of_other_owners_come_in_and_hosts_move(edged: Checkout) -> None:
    own = f"shop.{edged.stack_name}.example.com"
    hosts = ["client.example", "www.client.example", "shop.example.com"]
    sites = {**PLAIN, "shop": site("shop", domains=hosts)}
    edged.write_sites(sites)
    edged.up()
    assert aliases(edged)["shop"] == [own, "shop.example.com"]
    declared = read_declared(Target(folder=edged.folder, environment=edged.stack_name))
    named = {each.name: each.value for each in site_dns(declared, "shop")}
    assert named["client.example"] == edged.world.named(DISTRIBUTION, "shop").props["domainName"]
    assert [each for each in named if each.endswith(".www.client.example")]
    assert edged.up().steps == ()

    # A distribution has one certificate, so they come in together.
    happenings.prove(edged.world, "client.example", "www.client.example")
    assert edged.up().sites() == {"shop"}
    assert aliases(edged)["shop"] == [*hosts, own]
    assert certificate_of(edged, "shop") == sorted([*hosts, own])
    assert edged.up().steps == ()

    # One more waits without taking those that serve off the air.
    sites["shop"] = site("shop", domains=[*hosts, "new.example"])
    edged.write_sites(sites)
    assert {step.op for step in edged.up().steps if "ertificate" in step.type} == {"create"}
    assert aliases(edged)["shop"] == [*hosts, own]
    happenings.prove(edged.world, *hosts, "new.example")
    edged.up()
    assert aliases(edged)["shop"] == [*hosts, "new.example", own]
    assert certificate_of(edged, "shop") == sorted([*hosts, "new.example", own])
    assert len(edged.world.find(CERTIFICATE, domainName="client.example")) == 1

    _move_hosts(edged, sites, own)


def _move_hosts(edged: Checkout, sites: dict[str, Any], own: str) -> None:
    # A host that moves leaves its old distribution before the new one takes it.
    sites["anchor"] = site("anchor", domains=["anchor.example.com", "shop.example.com"])
    sites["shop"] = site("shop", domains=["client.example"])
    edged.write_sites(sites)
    edged.up()
    assert aliases(edged) == {
        "anchor": ["anchor.example.com", "shop.example.com"],
        "shop": ["client.example", own],
    }

    # To change hosts with each other there is no order.
    sites["anchor"] = site("anchor", domains=["client.example"])
    sites["shop"] = site("shop", domains=["shop.example.com"])
    edged.write_sites(sites)
    swapped = edged.try_up()
    assert "sites: anchor, shop change hosts with each other" in (swapped.failed or "")
    assert not swapped.ops()


def test_an_edge_is_refused_once_sites_stand_without(fleet: Checkout) -> None:
    happenings.host_zone(fleet.world, "example.com")
    fleet.set(zones=["example.com"], certificateArn=None, allowHttp=None, edge="cloudfront")
    run = fleet.try_up()
    assert "edge: found cloudfront for a stack whose sites came up with none" in (run.failed or "")
    assert not run.ops()
