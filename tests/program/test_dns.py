"""A site's host names in the zones of the environment."""

from __future__ import annotations

from typing import Any

import pytest

from tests.program.fleets import Programs, site
from tests.program.recording import Recording

ZONES = {"zones": ["example.com", "shop.example.com"]}
HOSTS = ["shop.example.com", "www.shop.example.com", "*.shop.example.com", "shop.example.org"]


def records(recording: Recording) -> dict[str, dict[str, Any]]:
    return {each.name: dict(each.inputs) for each in recording.of_type("route53:Record")}


def test_a_host_is_pointed_at_the_load_balancer_in_the_longest_zone(programs: Programs) -> None:
    sites = {"blog": site("blog"), "shop": site("shop", domains=HOSTS)}
    recording = programs.run(sites, ZONES)
    made = records(recording)
    zone = {name: record["zoneId"] for name, record in made.items()}
    assert set(made) == {
        "blog-blog.example.com",
        "shop-shop.example.com",
        "shop-www.shop.example.com",
        "shop-wildcard.shop.example.com",
    }
    assert zone["blog-blog.example.com"] != zone["shop-shop.example.com"]
    assert len(set(zone.values())) == 2
    balancer = recording.named("lb:LoadBalancer", "base-alb").state
    (alias,) = made["shop-wildcard.shop.example.com"]["aliases"]
    assert made["shop-wildcard.shop.example.com"]["name"] == "*.shop.example.com"
    assert (alias["name"], alias["zoneId"]) == (balancer["dnsName"], balancer["zoneId"])


@pytest.mark.parametrize("state", ["live", "paused", "retired"])
def test_a_name_stays_while_the_site_is_in_the_file(programs: Programs, state: str) -> None:
    assert records(programs.run({"blog": site("blog", state=state)}, ZONES))


def test_manual_leaves_the_names_alone(programs: Programs) -> None:
    assert records(programs.run({"blog": site("blog", dns="manual")}, ZONES)) == {}


def test_without_zones_no_record_is_made(programs: Programs) -> None:
    assert records(programs.run({"blog": site("blog")})) == {}
