"""A moment that somebody writes: what is taken, and what each other form is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fleet.fields.moments import iso_utc, moment


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-20 14:00Z", 14),
        ("2026-11-20T14:00:00Z", 14),
        ("2026-11-20 14:00 UTC", 14),
        ("2026-11-20 14:00+01:00", 13),
        ("2026-11-20 14:00 Europe/Vienna", 13),
        ("2026-07-20 14:00 Europe/Vienna", 12),
        (" 2026-11-20 14:00 America/New_York ", 19),
    ],
)
def test_a_moment(text: str, hour: int) -> None:
    month = int(text.strip()[5:7])
    found = moment(text)
    assert found == datetime(2026, month, 20, hour, tzinfo=UTC)
    assert iso_utc(found) == f"2026-{month:02}-20T{hour}:00:00Z"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-20 14:00", "says no zone"),
        ("yesterday", "no time"),
        ("2026-11-20", "no time"),
        ("", "no time"),
        ("2026-11-31 14:00Z", "no calendar has"),
        ("2026-11-20 25:00Z", "no calendar has"),
        ("2026-11-20 14:00+99:00", "no calendar has"),
        ("2026-11-20 14:00 Europe/Wien", "nobody knows"),
        ("2026-11-20 14:00 Europe/../x", "no time"),
        ("2026-10-25 02:30 Europe/Vienna", "skips or has twice"),
        ("2026-03-29 02:30 Europe/Vienna", "skips or has twice"),
    ],
)
def test_what_is_none(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        moment(text)
    assert "\n" not in str(error.value)
