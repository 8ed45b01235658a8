"""A fleet behind CloudFront, on the engine: up, another site, more hosts, paused, gone."""

from __future__ import annotations

import pytest

from simulator import happenings
from tests.engine.checkout import Checkout
from tests.engine.fleets import PLAIN, site
from tests.engine.network import make_network

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
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


def test_an_edge_is_refused_once_sites_stand_without(fleet: Checkout) -> None:
    happenings.host_zone(fleet.world, "example.com")
    fleet.set(zones=["example.com"], certificateArn=None, allowHttp=None, edge="cloudfront")
    run = fleet.try_up()
    assert "edge: found cloudfront for a stack whose sites came up with none" in (run.failed or "")
    assert not run.ops()
