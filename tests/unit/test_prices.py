"""The list of prices: what comes with the project, and what a newer file must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.plan.prices import BUILT_IN, read_prices
from fleet.problems import FleetError, Position

AT = Position("Pulumi.dev.yaml", 2, 15)


def edited(folder: Path, old: str, new: str) -> Path:
    """A copy of the list that comes with the project, with one change."""
    text = BUILT_IN.read_text()
    assert text.count(old) >= 1
    path = folder / "prices.yaml"
    path.write_text(text.replace(old, new, 1))
    return path


def test_the_list_has_two_regions_a_date_and_a_source_for_each_service() -> None:
    prices = read_prices()
    assert sorted(prices.regions) == ["ap-northeast-1", "us-east-1"]
    assert prices.date.startswith("20")
    assert set(prices.sources.model_dump()) == set(type(prices.regions["us-east-1"]).model_fields)


def test_a_newer_file_replaces_the_list(tmp_path: Path) -> None:
    path = edited(tmp_path, "acu_hour: 0.12", "acu_hour: 0.10")
    assert read_prices(path).regions["us-east-1"].aurora.acu_hour == 0.10


def test_an_unknown_region_says_which_there_are_and_what_prices_takes() -> None:
    with pytest.raises(FleetError) as raised:
        read_prices().region("us-east-2", AT)
    text = str(raised.value)
    assert text.startswith("Pulumi.dev.yaml:2:15: aws:region: found the region us-east-2")
    assert "did you mean us-east-1?" in text
    assert "allowed is ap-northeast-1 or us-east-1, or --prices FILE" in text


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("acu_hour: 0.12", "acu_hour: free", ":46:24: regions.us-east-1.aurora.acu_hour: found"),
        ("acu_hour: 0.12", "acu_hour: -1", "allowed is a number of 0 or more"),
        ("spot_discount: 0.7", "spot_discount: 70", "allowed is a number from 0 to 1"),
        ("hours: 730", "hour: 730", 'did you mean "hours"?'),
        (
            'date: "2026-11-22"',
            "date: 2026-11-22",
            "found the date 2026-11-22; allowed is a date in quotes",
        ),
        ("acu_hour: 0.12, ", "", "found no `acu_hour`"),
    ],
)
def test_mistakes_stand_at_their_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    path = edited(tmp_path, old, new)
    with pytest.raises(FleetError) as raised:
        read_prices(path)
    assert expected in str(raised.value)
    assert str(raised.value).startswith(str(path))
