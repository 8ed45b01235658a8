"""Host names in the account's zones, as sites, zones and the people who own them come and go."""

from __future__ import annotations

from fleet.operations.engine.remedies import of_aws
from simulator import happenings
from simulator.crud import create
from simulator.rows import row_of
from tests.engine.checkout import Checkout
from tests.engine.fleets import site

RECORD = "aws:route53/record:Record"


def names(fleet: Checkout) -> set[str]:
    return {each.props["name"] for each in fleet.world.resources(RECORD)}


def test_names_follow_the_sites(fleet: Checkout) -> None:
    happenings.host_zone(fleet.world, "example.com")
    fleet.set(zones=["example.com", "example.org"])
    missing = fleet.try_preview()
    assert "zones[1]: found example.org, of which this account has no public zone" in str(missing)
    happenings.host_zone(fleet.world, "example.org")

    assert fleet.up().of("create") == {(RECORD, "anchor-anchor.example.com")}
    hosts = ["example.org", "a.shop.net"]
    fleet.write_sites({"anchor": site("anchor"), "shop": site("shop", domains=hosts)})
    first = fleet.up()
    assert first.sites() == {"shop"}
    assert names(fleet) == {"anchor.example.com", "example.org"}
    assert fleet.up().steps == ()

    anchor = site("anchor", dns="manual")
    fleet.write_sites({"anchor": anchor, "shop": site("shop", domains=hosts, state="retired")})
    fleet.up()
    assert names(fleet) == {"example.org"}
    fleet.write_sites({"anchor": anchor})
    fleet.up()
    assert names(fleet) == set()


def test_a_record_from_elsewhere_is_not_overwritten(fleet: Checkout) -> None:
    zone = happenings.host_zone(fleet.world, "example.com")
    record = {"zoneId": zone.id, "name": "anchor.example.com", "type": "A"}
    other = {**record, "ttl": 300, "records": ["192.0.2.7"]}
    theirs = create(fleet.world, row_of(RECORD), "theirs", other, "us-east-1")
    fleet.set(zones=["example.com"])
    refused = [each for each in fleet.try_up().errors if "InvalidChangeBatch" in each]
    assert "keep it with `dns: manual`" in str(of_aws(refused[0]))
    assert fleet.world.get(RECORD, theirs.key) == theirs
