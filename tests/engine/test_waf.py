"""The firewall, as it comes, counts a site, and goes."""

from __future__ import annotations

from tests.engine.checkout import Checkout
from tests.engine.fleets import site

ACL = "aws:wafv2/webAcl:WebAcl"
PLACE = "aws:wafv2/webAclAssociation:WebAclAssociation"


def test_it_comes_changes_in_place_and_goes(fleet: Checkout) -> None:
    fleet.set(waf={"allow": ["192.0.2.7/32"]})
    fleet.up()
    (acl,) = fleet.world.resources(ACL)
    assert 1_400 < acl.props["capacity"] <= 1_500
    fleet.write_sites({"anchor": site("anchor", waf="count")})
    assert fleet.up().of("update") == {(ACL, "base-waf")}
    fleet.write_sites({"anchor": site("anchor")})
    fleet.set(waf=None)
    fleet.up()
    assert fleet.world.resources(ACL) == fleet.world.resources(PLACE) == []
