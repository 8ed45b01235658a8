"""Certificates that `up` makes, as hosts and sites come and go."""

from __future__ import annotations

from simulator import happenings
from tests.engine.checkout import Checkout
from tests.engine.fleets import site

CERTIFICATE = "aws:acm/certificate:Certificate"
LISTED = "aws:lb/listenerCertificate:ListenerCertificate"
RECORD = "aws:route53/record:Record"


def served(fleet: Checkout) -> dict[str, list[str]]:
    """The hosts of each certificate on the listener beside its own, by its name."""
    found: dict[str, list[str]] = {}
    for each in fleet.world.resources(LISTED):
        certificate = fleet.world.get(CERTIFICATE, each.props["certificateArn"])
        assert certificate is not None
        assert certificate.props["status"] == "ISSUED"
        found[each.name] = certificate.props["subjectAlternativeNames"]
    return found


def test_certificates_follow_the_hosts(fleet: Checkout) -> None:
    happenings.host_zone(fleet.world, "example.com")
    fleet.set(zones=["example.com"], certificateArn=None, allowHttp=None)
    fleet.up()
    assert served(fleet) == {"anchor-certificate-1": ["anchor.example.com"]}
    assert fleet.up().steps == ()

    # Another site touches the standing one in nothing.
    sites = {"anchor": site("anchor"), "shop": site("shop")}
    fleet.write_sites(sites)
    assert fleet.up().sites() == {"shop"}

    # More hosts: the new certificate serves before the old one goes.
    hosts = ["shop.example.com", "*.shop.example.com", "www.shop.example.com"]
    fleet.write_sites({**sites, "shop": site("shop", domains=hosts)})
    run = fleet.up()
    assert run.sites() == {"shop"}
    steps = [(step.op, step.type) for step in run.steps]
    assert steps.index(("create-replacement", LISTED)) < steps.index(("delete-replaced", LISTED))
    assert served(fleet)["shop-certificate-1"] == hosts

    fleet.write_sites({**sites, "shop": site("shop", state="retired")})
    fleet.up()
    fleet.write_sites({"anchor": site("anchor")})
    fleet.up()
    assert served(fleet) == {"anchor-certificate-1": ["anchor.example.com"]}
    assert len(fleet.world.resources(CERTIFICATE)) == 2  # and the listener's own
    assert not [each for each in fleet.world.resources(RECORD) if "shop" in each.name]


def test_a_proof_that_stands_already_is_taken_over(fleet: Checkout) -> None:
    """Somebody had ACM make a certificate for the name before."""
    happenings.host_zone(fleet.world, "example.com")
    fleet.set(zones=["example.com"], certificateArn=None, allowHttp=None, protectData=False)
    fleet.up()
    (proof,) = (
        each for each in fleet.world.resources(RECORD) if each.name.startswith("anchor-certificate")
    )
    fleet.destroy()
    with fleet.world.change():
        fleet.world.write(proof)
    fleet.up()
    assert served(fleet) == {"anchor-certificate-1": ["anchor.example.com"]}
