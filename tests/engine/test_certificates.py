"""Certificates that `up` makes, as hosts and sites come and go."""

from __future__ import annotations

import json

from fleet.operations.declared import read_declared
from fleet.operations.live.dns import site_dns
from fleet.operations.live.status import fleet_status
from fleet.operations.target import Target
from fleet.site.dns import GIVEN_UP, PROOF
from simulator import happenings
from tests.engine.account import TASK_DEFINITION
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


def home_of(fleet: Checkout, name: str) -> str:
    """Where WordPress takes itself to be."""
    (task,) = [each for each in fleet.world.resources(TASK_DEFINITION) if each.name == name][-1:]
    containers = json.loads(task.props["containerDefinitions"])
    (served,) = [each for each in containers if each["name"] == "wordpress"]
    values = {each["name"]: each["value"] for each in served["environment"]}
    return str(values["WP_HOME"])


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


def test_a_host_in_no_zone_waits_for_its_owner_alone(fleet: Checkout) -> None:
    """The site is up under its own address meanwhile, and no run waits."""
    happenings.host_zone(fleet.world, "example.com")
    fleet.set(zones=["example.com"], certificateArn=None, allowHttp=None)
    hosts = ["client.example", "www.client.example", "*.client.example", "shop.example.com"]
    sites = {"anchor": site("anchor"), "shop": site("shop", domains=hosts)}
    fleet.write_sites(sites)
    fleet.up()
    zoned = {"shop-certificate-1": ["shop.example.com"]}
    assert {key: served(fleet)[key] for key in served(fleet) if "shop" in key} == zoned
    own = f"shop.{fleet.stack_name}.example.com"
    assert own in {each.props["name"] for each in fleet.world.resources(RECORD)}
    assert home_of(fleet, "shop") == f"https://{own}"
    assert fleet.up().steps == ()

    # The first one comes in, and with it the site's address; the others wait on.
    happenings.prove(fleet.world, "www.client.example")
    assert fleet.up().sites() == {"shop"}
    assert home_of(fleet, "shop") == f"https://{own}"
    happenings.prove(fleet.world, "client.example")
    fleet.up()
    assert home_of(fleet, "shop") == "https://client.example"
    foreign = {f"shop-certificate-{name}" for name in ("client.example", "www.client.example")}
    assert {*zoned, *foreign, "shop-certificate-wildcard.client.example"} == {
        key for key in served(fleet) if "shop" in key
    }

    # A host more touches none that serves, and a host that moves takes all that it has along.
    sites["shop"] = site("shop", domains=[*hosts, "new.example"])
    fleet.write_sites(sites)
    assert {step.op for step in fleet.up().steps if "ertificate" in step.type} == {"create"}
    asks_again(fleet, "new.example")
    sites["anchor"] = site("anchor", domains=["anchor.example.com", hosts[1], hosts[3]])
    sites["shop"] = site("shop", domains=[hosts[0], hosts[2]])
    fleet.write_sites(sites)
    moved = fleet.up()
    changed = {(step.op, step.name) for step in moved.steps if step.type == RECORD}
    assert changed == {("create", f"anchor-anchor.{fleet.stack_name}.example.com")}
    assert [hosts[1]] in served(fleet).values()
    assert fleet.up().steps == ()


def asks_again(fleet: Checkout, host: str) -> None:
    """What ACM gave up after 72 hours is asked for by the two commands that are told."""
    happenings.give_up(fleet.world, host)
    assert told(fleet, host) == ("unproved", GIVEN_UP)
    fleet.refresh()
    assert {(step.op, step.type) for step in fleet.up().steps} == {("create", CERTIFICATE)}
    assert told(fleet, host) == ("waiting", PROOF)


def told(fleet: Checkout, host: str) -> tuple[str, str]:
    """What `fleet status` calls a host of the site `shop`, and `fleet dns` the record for it."""
    declared = read_declared(Target(folder=fleet.folder, environment=fleet.stack_name))
    (status,) = fleet_status(declared, ["shop"])
    (state,) = (each.state for each in status.sites[0].hosts if each.host == host)
    (record,) = (each for each in site_dns(declared, "shop") if each.name.endswith(f".{host}"))
    return state, record.purpose


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
