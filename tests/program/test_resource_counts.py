"""What the planner counts is what the program makes, to the last resource."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from fleet.plan.cells import Cell, cells_of, region_usages
from fleet.plan.resources import RESOURCES_A_STACK, base_resources, plain_site_resources
from fleet.problems import Position
from fleet.settings.load import parse_settings
from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.sites_file.load import Fleet
from tests.program.fleets import ADOPTED_NETWORK, OWN, SMALL, VARIED, Programs, site

ROOT = Path(__file__).parents[2]

BASES: dict[str, dict[str, Any]] = {
    "adopted": {},
    "adopted, without isolated subnets": {
        "network": {k: v for k, v in ADOPTED_NETWORK.items() if k != "isolatedSubnetIds"}
    },
    "of its own": OWN,
    "without gateways": {"network": {"natGateways": "none"}},
    "three zones, a gateway each, a shared database with readers": {
        "image": "",
        "network": {"availabilityZones": 3, "natGateways": "per-zone"},
        "sharedDatabase": {"minAcu": 1, "maxAcu": 4, "readers": 2},
    },
    "interface endpoints": {"network": {**ADOPTED_NETWORK, "interfaceEndpoints": True}},
    "plain HTTP": {"certificateArn": "", "allowHttp": True},
}

CERTIFIED = {"certificateArn": "", "zones": ["example.com"]}


def settings(values: dict[str, Any]) -> Settings:
    return parse_settings({**SMALL, **values}, environment="test", source=None)


def planned(sites: dict[str, Any], values: dict[str, Any]) -> Cell:
    models = (Site.model_validate({"name": name, **fields}) for name, fields in sites.items())
    fleet = Fleet(tuple(models), Position("sites.yaml", 1, 1))
    (cell,) = cells_of(fleet, settings(values))
    return cell


def generated(seed: int) -> dict[str, Any]:
    """A fleet of sites that chance made."""
    chance = random.Random(seed)  # noqa: S311 - fleets, not secrets
    return {f"site-{number}": _site(f"site-{number}", chance) for number in range(4)}


def _site(name: str, chance: random.Random) -> dict[str, Any]:
    schedules = {
        f"s{number}": {"cron": "0 8 * * ? *", "min": 1, "max": 3}
        for number in range(chance.randint(0, 2))
    }
    least = chance.randint(1, 3)
    scaling = {"min": least, "max": least + chance.randint(0, 2), "schedules": schedules}
    if chance.random() < 1 / 2:
        scaling["requests"] = 500
    placement = chance.choice(["dedicated", "shared"])
    readers = {"readers": chance.randint(0, 2)} if placement == "dedicated" else {}
    return site(
        name,
        domains=[f"{number}.{name}.example.com" for number in range(chance.randint(1, 12))],
        state=chance.choice(["live", "live", "paused", "retired"]),
        scaling=scaling,
        database={"placement": placement, **readers},
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_generated_fleet_has_the_resources_that_the_plan_says(
    programs: Programs, seed: int
) -> None:
    shared = {"sharedDatabase": {"minAcu": 0.5, "maxAcu": 4, "readers": seed % 3}}
    sites = generated(seed)
    assert planned(sites, shared).usages[0].used == len(programs.run(sites, shared).resources)


OF_AN_ACCOUNT = {
    "IAM roles": "iam:Role",
    "Target groups": "lb:TargetGroup",
    "Certificates of ACM": "acm:Certificate",
    "Schedules": "scheduler:Schedule",
    "Web ACLs": "wafv2:WebAcl",
    "Lists of addresses": "wafv2:IpSet",
    "Groups of firewall rules": "wafv2:RuleGroup",
    "State machines": "sfn:StateMachine",
    "Distributions": "cloudfront:Distribution",
    "VPC origins": "cloudfront:VpcOrigin",
    "Functions of the edge": "cloudfront:Function",
    "Response headers policies": "cloudfront:ResponseHeadersPolicy",
}


NIGHTS = {"dumps": "nightly", "drill": "monthly"}


@pytest.mark.parametrize("edge", ["none", "cloudfront"])
def test_so_has_an_account(programs: Programs, edge: str) -> None:
    """Of each quota as much as the program asks for, with and without an edge."""
    waf = {"mode": "block", "deny": ["198.51.100.0/24", "2001:db8::/32"]}
    told = {"alarms": {"email": "ops@example.com"}, "vault": {"copyTo": {"region": "eu-central-1"}}}
    values = {**OWN, **CERTIFIED, **told, "edge": edge, "waf": waf}
    sites = {
        "blog": site("blog", env={"FLEET_XMLRPC": "on"}, backup=NIGHTS),
        "shop": site("shop", jobs={"sync": {"command": ["true"], "schedule": "cron(0 3 * * ? *)"}}),
        "rest": site("rest", state="paused"),
    }
    recording, cell = programs.run(sites, values), planned(sites, values)
    assert cell.usages[0].used == len(recording.resources)
    told = {each.what: each.used for each in region_usages([cell], settings(values))}
    made = {what: len(recording.of_type(type_)) for what, type_ in OF_AN_ACCOUNT.items()}
    assert {what: told.get(what, 0) for what in made} == made


@pytest.mark.parametrize("suffix", ["", "dev.example.com"])
def test_so_have_certificates_and_names(programs: Programs, suffix: str) -> None:
    hosts = ["shop.example.com", "*.shop.example.com", *(f"{n}.example.com" for n in range(12))]
    sites = {"blog": site("blog", dns="manual"), "shop": site("shop", domains=hosts)}
    values = {**CERTIFIED, "domainSuffix": suffix}
    recording = programs.run(sites, values)
    if suffix:  # It stands for the domains of all.
        sites = {name: site(name, domains=[f"{name}.{suffix}"]) for name in sites}
        sites["blog"]["dns"] = "manual"
    assert planned(sites, values).usages[0].used == len(recording.resources)


def test_a_fleet_with_every_choice_has_them_too(programs: Programs) -> None:
    assert planned(VARIED, OWN).usages[0].used == len(programs.run(VARIED, OWN).resources)


@pytest.mark.parametrize("values", [*BASES.values(), CERTIFIED], ids=[*BASES, "certificates"])
def test_a_base_has_the_resources_that_the_plan_says(
    programs: Programs, values: dict[str, Any]
) -> None:
    recording = programs.run({"blog": site("blog", state="paused")}, values)
    assert base_resources(settings(values)) == len(recording.base().resources)


def test_a_cell_of_40_plain_sites_is_not_over() -> None:
    """docs/scale.md says to fill cells up to that, whatever the base."""
    for values in BASES.values():
        cell = planned({f"site-{number}": site(f"site-{number}") for number in range(40)}, values)
        assert not any(usage.over for usage in cell.usages)
        # Mail by SES: a tenant with two associations. A vault: the selection of its cluster.
        each = plain_site_resources() + (3 if "mail" in values else 0) + ("vault" in values)
        assert cell.usages[0].used == base_resources(settings(values)) + 40 * each
    assert 40 * plain_site_resources() < RESOURCES_A_STACK


def test_a_cell_is_full_of_certificates_at_25() -> None:
    def fleet(count: int) -> Cell:
        return planned({f"site-{n}": site(f"site-{n}") for n in range(count)}, CERTIFIED)

    assert fleet(24).takes_another()
    assert not fleet(25).takes_another()
    over = [usage.what for usage in fleet(26).usages if usage.over]
    assert over == ["Certificates"]


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("README.md", "For each site {} resources:"),
        ("docs/architecture.md", "plain site is {} resources"),
    ],
)
def test_the_pages_say_how_many_a_plain_site_has(page: str, sentence: str) -> None:
    assert sentence.format(plain_site_resources()) in (ROOT / page).read_text()
