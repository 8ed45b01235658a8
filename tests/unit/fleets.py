"""Fake sites and settings for planners: no file, no engine."""

from __future__ import annotations

from typing import Any

from fleet.problems import Position
from fleet.settings.load import parse_settings
from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.sites_file.load import Fleet

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"


def site(name: str = "blog", **fields: Any) -> Site:
    """A site with one domain and what is built in, unless `fields` say otherwise."""
    return Site.model_validate({"name": name, "domains": [f"{name}.example.com"], **fields})


def fleet(*sites: Site) -> Fleet:
    """The sites, sorted as a file's are."""
    sorted_ = tuple(sorted(sites, key=lambda each: each.name))
    return Fleet(sorted_, Position("sites.yaml", 1, 1))


def settings(**values: Any) -> Settings:
    """Settings under the names of Pulumi.ENV.yaml, in two zones with a NAT gateway each."""
    given = {"adminEmail": "web@example.com", "certificateArn": CERTIFICATE, **values}
    return parse_settings(given, environment="prod", source=None)
