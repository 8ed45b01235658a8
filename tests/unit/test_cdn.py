"""What a site behind an edge costs, and which of AWS's two prices is lower."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.plan.cells import cells_of, region_usages
from fleet.plan.estimate import estimate_site
from fleet.plan.lines import Rates
from fleet.plan.prices import read_prices
from fleet.problems import Position
from fleet.settings.load import parse_settings
from fleet.site.cdn import GROUP
from fleet.site.model import Site
from fleet.sites_file.load import Fleet

LIST = read_prices()
RATES = Rates(LIST.regions["us-east-1"], LIST.assumptions, "arm64", False, edge=True)


def made(**cdn: Any) -> Site:
    return Site.model_validate({"name": "blog", "domains": ["blog.example.com"], "cdn": cdn})


def lines(site: Site) -> dict[str, tuple[float, float]]:
    found = estimate_site(site, RATES).lines
    return {
        each.item: (each.amount_min, each.amount_max)
        for each in found
        if each.service == "cloudfront"
    }


def test_what_a_fleet_takes_of_the_edges_quotas() -> None:
    environment = {"zones": ["example.com"], "edge": "cloudfront", "adminEmail": "a@example.com"}
    settings = parse_settings(
        {**environment, "waf": {"mode": "block"}}, environment="prod", source=None
    )
    sites = (made(), made(cookies=["cart"]).model_copy(update={"name": "shop"}))
    cells = cells_of(Fleet(sites, Position("sites.yaml", 1, 1)), settings)
    of_the_cell = {each.what: (each.used, each.limit, each.fixed) for each in cells[0].usages}
    assert of_the_cell["Distributions"] == (2, 50, True)
    assert cells[0].takes_another()
    of_the_account = {each.what: (each.used, each.limit) for each in region_usages(cells, settings)}
    assert of_the_account["Distributions"] == (2, 500)
    assert of_the_account["VPC origins"] == (1, 25)
    assert of_the_account["Distributions of one web ACL"] == (2, 100)
    # The cell's, and one of the site's own.
    assert of_the_account["Functions of the edge"] == (2, 100)


def test_at_least_nobody_comes() -> None:
    assert lines(made(expect={"requests": 20, "terabytes": 4})) == {
        "Requests at the edge": (0, 20.0),
        "Data from the edge": (0, 340.0),
        "Edge function": (0, 2.0),
        "Purges of the edge": (0, 18.0),
    }


def test_what_is_purged_whole_costs_a_path_a_save() -> None:
    assert lines(made(purge_tags=1))["Purges of the edge"] == (0, 3.0)
    assert "Purges of the edge" not in lines(made(ttl="never"))


@pytest.mark.parametrize(
    ("requests", "terabytes", "words"),
    [
        (20, 1, "pay as you go is cheaper: about 105 USD"),
        (100, 20, "the flat-rate plan Business is cheaper: about 1,800 USD"),
        (300, 50, "the flat-rate plan Premium is cheaper: about 4,550 USD"),
        (900, 1, "pay as you go: about 985 USD"),
    ],
)
def test_the_cheaper_price_is_said_with_its_reason(
    requests: float, terabytes: float, words: str
) -> None:
    site = made(expect={"requests": requests, "terabytes": terabytes})
    (found,) = (said for warning in GROUP.warnings for said in warning(site))
    assert found[1].startswith(words)


def test_nobody_is_told_who_expects_nothing() -> None:
    assert not [said for warning in GROUP.warnings for said in warning(made(ttl="1h"))]
