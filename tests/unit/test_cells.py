"""How full cells are, who is over, and where a new site should go."""

from __future__ import annotations

import pytest

from fleet.plan.cells import Usage, advise, cells_of, region_usages
from fleet.plan.resources import RESOURCES_A_STACK, base_resources, plain_site_resources
from fleet.site.model import Site
from tests.unit.fleets import fleet, settings, site

# How many plain sites a cell takes; one more would be too many resources.
MOST_PLAIN_SITES = (RESOURCES_A_STACK - base_resources(settings())) // plain_site_resources()


def many(count: int, cell: str | None, **fields: object) -> list[Site]:
    return [site(f"{cell or 'free'}-{number}", cell=cell, **fields) for number in range(count)]


def usage(usages: tuple[Usage, ...], what: str) -> Usage:
    (found,) = (each for each in usages if each.what == what)
    return found


def test_cells_by_name_the_nameless_first() -> None:
    cells = cells_of(fleet(site("a", cell="west"), site("b"), site("c", cell="east")), settings())
    assert [(cell.name, cell.stack) for cell in cells] == [
        (None, "prod"),
        ("east", "prod-east"),
        ("west", "prod-west"),
    ]
    assert [[each.name for each in cell.sites] for cell in cells] == [["b"], ["c"], ["a"]]


def test_cells_are_in_the_order_in_which_people_count() -> None:
    names = ["c10", "c2", "c1", "b", "c2-b"]
    cells = cells_of(fleet(*(site(f"in-{name}", cell=name) for name in names)), settings())
    assert [cell.name for cell in cells] == ["b", "c1", "c2", "c2-b", "c10"]


def test_what_two_sites_take_of_a_cell() -> None:
    domains = [f"{n}.example.com" for n in range(6)]
    (cell,) = cells_of(
        fleet(site("blog"), site("shop", domains=domains, state="paused")), settings()
    )
    # A paused site has neither service nor autoscaling; this one has a rule for its sixth domain.
    made = base_resources(settings()) + 2 * plain_site_resources() - 3 + 1
    assert usage(cell.usages, "Resources").used == made
    assert usage(cell.usages, "Target groups").used == 2
    assert usage(cell.usages, "Rules").used == 3
    assert usage(cell.usages, "Services").used == 1
    assert cell.clusters == 2


def test_the_shared_cluster_counts_once_a_cell() -> None:
    given = settings(sharedDatabase={"minAcu": 1, "maxAcu": 4, "readers": 1})
    shared = {"placement": "shared"}
    cells = cells_of(fleet(site("a", database=shared), site("b", cell="two")), given)
    assert [cell.clusters for cell in cells] == [1, 2]
    # Two shared clusters of two instances, and one of the site's own.
    assert usage(region_usages(cells, given), "Aurora instances").used == 5


def test_who_is_over() -> None:
    (cell,) = cells_of(fleet(*many(101, None, database={"placement": "shared"})), settings())
    assert [each.what for each in cell.usages if each.over] == [
        "Resources",
        "Target groups",
        "Rules",
    ]
    assert usage(cell.usages, "Target groups").fixed


def test_the_region_is_over_though_no_cell_is() -> None:
    """41 clusters in two cells, and the Fargate vCPUs of a new account."""
    cells = cells_of(fleet(*many(20, "one"), *many(21, "two")), settings())
    usages = region_usages(cells, settings())
    assert usage(usages, "Aurora clusters").over
    # 41 sites of four tasks of half a vCPU: 7/4 of each four on demand, 9/4 on Spot.
    assert usage(usages, "Fargate vCPUs on demand, at most").used == pytest.approx(35.875)
    assert usage(usages, "Fargate vCPUs on Spot, at most").used == pytest.approx(46.125)
    assert not usage(usages, "VPCs").over


def test_cells_in_a_network_that_exists_make_no_vpc() -> None:
    tiers = ("publicSubnetIds", "privateSubnetIds", "isolatedSubnetIds")
    subnets = {
        tier: [f"subnet-0000000{2 * n}", f"subnet-0000000{2 * n + 1}"]
        for n, tier in enumerate(tiers)
    }
    given = settings(network={"vpcId": "vpc-00000001", **subnets})
    usages = region_usages(cells_of(fleet(site()), given), given)
    assert usage(usages, "VPCs").used == usage(usages, "Elastic addresses").used == 0


def test_a_new_site_goes_to_the_emptiest_cell() -> None:
    advice = advise(cells_of(fleet(*many(30, "one"), *many(10, "two")), settings()))
    assert (advice.cell, advice.is_new) == ("two", False)
    used = base_resources(settings()) + 10 * plain_site_resources()
    assert advice.reason == f"prod-two has the most room: {used / RESOURCES_A_STACK:.0%} used"


def test_a_new_cell_when_each_is_full() -> None:
    full = many(MOST_PLAIN_SITES, "one")
    advice = advise(cells_of(fleet(*full), settings()))
    assert (advice.cell, advice.is_new) == ("cell-2", True)
    assert advise(cells_of(fleet(*full[:-1]), settings())).cell == "one"


def test_the_name_of_a_new_cell_is_free() -> None:
    cells = cells_of(
        fleet(*many(MOST_PLAIN_SITES, "cell-2"), *many(MOST_PLAIN_SITES, "cell-3")), settings()
    )
    assert advise(cells).cell == "cell-4"


def test_no_sites_no_cells() -> None:
    assert cells_of(fleet(), settings()) == ()
    assert advise(()).is_new


def test_certificates_that_were_there_before_take_their_place_on_the_listener() -> None:
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-00000000000"
    given = settings(certificateArn=[f"{arn}{number}" for number in range(3)])
    one = site("a", certificate_arn=[f"{arn}3", f"{arn}4"])
    (cell,) = cells_of(fleet(one, site("b")), given)
    assert usage(cell.usages, "Certificates").used == 4


def test_what_stands_before_the_sites_takes_quotas_of_its_own() -> None:
    waf = {"allow": ["192.0.2.7/32"], "deny": ["198.51.100.0/24", "2001:db8::/32"]}
    given = settings(certificateArn=None, zones=["example.com"], waf=waf)
    sites = (site("a", cell="west"), site("b", cell="east"), site("c", domains=["client.example"]))
    usages = region_usages(cells_of(fleet(*sites), given), given)
    assert usage(usages, "Web ACLs").used == 3
    assert usage(usages, "Lists of addresses").used == 9
    # One of each site's hosts, or of each foreign host; the listener's own besides.
    assert usage(usages, "Certificates of ACM").used == 6
    # An alias and a proof of a and of b.
    assert usage(usages, "Records of example.com").used == 4
