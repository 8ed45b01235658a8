"""Which zone a host name belongs to."""

from __future__ import annotations

import pytest

from fleet.settings.zones import zone_of

ZONES = ("example.com", "shop.example.com", "xn--bcher-kva.example")


@pytest.mark.parametrize(
    ("host", "zone"),
    [
        ("example.com", "example.com"),
        ("www.example.com", "example.com"),
        ("shop.example.com", "shop.example.com"),
        ("a.b.shop.example.com", "shop.example.com"),
        ("*.shop.example.com", "shop.example.com"),
        ("*.example.com", "example.com"),
        ("workshop.example.com", "example.com"),
        ("notexample.com", None),
        ("com", None),
        ("example.com.evil.org", None),
        ("www.xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_the_longest_zone_that_fits(host: str, zone: str | None) -> None:
    assert zone_of(host, ZONES) == zone
