"""A site by itself means what the same words mean in sites.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.problems import FleetError
from fleet.settings.load import parse_settings
from fleet.settings.model import Settings
from fleet.site.placement import place_priorities, place_rules, rules_of
from fleet.sites_file.load import load_fleet
from fleet.sites_file.one_site import read_site

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"


def settings(**more: Any) -> Settings:
    values = {"certificateArn": CERTIFICATE, "adminEmail": "web@example.com", **more}
    return parse_settings(values, environment="dev", source=None)


def problems(words: dict[str, Any], **more: Any) -> str:
    with pytest.raises(FleetError) as error:
        read_site("blog", words, settings(**more))
    return "\n".join(f"{each.path}: {each.message}" for each in error.value.problems)


@pytest.mark.parametrize(
    "words",
    [
        {"domains": ["blog.example.com"]},
        {"domains": ["a.example.com", "*.a.example.com"], "scaling": {"min": 1, "max": 1}},
        {"domains": ["a.example.com"], "database": {"placement": "shared"}, "title": "A"},
        {"domains": ["a.example.com"], "state": "retired", "tags": {"Team": "web"}},
    ],
)
@pytest.mark.parametrize("suffix", ["", "dev.example.com"])
def test_merged_words_of_a_site_of_the_file_are_that_site(
    tmp_path: Path, words: dict[str, Any], suffix: str
) -> None:
    file = tmp_path / "sites.yaml"
    file.write_text(yaml.safe_dump({"version": 1, "sites": {"blog": words}}))
    under = settings(sharedDatabase={"minAcu": 0.5}, domainSuffix=suffix)
    (site,) = load_fleet(file, under).sites
    assert read_site("blog", site.entry(), under) == site


def test_settings_are_what_their_words_say() -> None:
    subnets = ["subnet-0a1b2c3d", "subnet-1a1b2c3d"]
    network = {"vpcId": "vpc-0a1b2c3d", "publicSubnetIds": subnets, "isolatedSubnetIds": subnets}
    for given in (settings(network=network, cell="east"), settings(sharedDatabase={"minAcu": 0})):
        assert parse_settings(given.config(), environment="other", source=None) == given


def test_domains_come_from_the_suffix_unless_they_are_given() -> None:
    under = settings(domainSuffix="dev.example.com")
    assert read_site("blog", {}, under).domains == ("blog.dev.example.com",)
    assert read_site("blog", {"domains": ["b.eu"]}, under).domains == ("b.eu",)


def test_everything_wrong_is_told_once_and_by_the_paths_of_the_site() -> None:
    said = problems({"domains": ["Blog.example.com"], "scaling": {"min": 3, "max": 1}, "color": 1})
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        "site.color",
        "site.domains[0]",
        "site.scaling.min",
    ]
    assert "site.domains: found no `domains`" in problems({})
    assert "site.database.placement" in problems(
        {"domains": ["b.eu"], "database": {"placement": "shared"}}
    )


def test_what_only_a_file_can_have_is_unknown() -> None:
    assert "site.profile: found the unknown key" in problems({"domains": ["b.eu"], "profile": "x"})


def test_given_priorities_win() -> None:
    site = read_site("blog", {"domains": ["b.eu", "*.b.eu"]}, settings())
    alone = place_rules([site])["blog"]
    assert rules_of(site, {}) == alone
    assert rules_of(site, place_priorities([site])["blog"]) == alone
    assert [rule.priority for rule in rules_of(site, {"hosts-1": 7})] == [7, alone[1].priority]
