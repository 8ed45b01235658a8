"""A moment that somebody writes: a date, a time, and where that time is told."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FORM = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?) ?(Z|UTC|[+-]\d{2}:\d{2}|[A-Z]\w+/[\w/+-]+)?"
)
EXAMPLE = "2026-11-20 14:00Z"


def moment(text: str) -> datetime:
    """`2026-11-20 14:00Z`, `… 14:00+01:00` or `… 14:00 Europe/Vienna`, in UTC.

    Raises ValueError, whose text follows what was found: another form, a day that no month has, a
    time without a zone, or one that clocks skip or show twice.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"which is no time; such as {EXAMPLE}")
    day, clock, zone = found.groups()
    if zone is None:
        raise ValueError(
            f"which says no zone; {day} {clock}Z is UTC, {day} {clock} Europe/Vienna is Vienna's"
        )
    offset = {"Z": "+00:00", "UTC": "+00:00"}.get(zone, zone if zone[0] in "+-" else "")
    try:
        local = datetime.fromisoformat(f"{day}T{clock}{offset}")
    except ValueError:
        raise ValueError(f"which no calendar has; such as {EXAMPLE}") from None
    return local.astimezone(UTC) if offset else _in_zone(local, zone)


def iso_utc(time: datetime) -> str:
    """`2026-11-20T14:00:00Z`, as all manifests, the image and AWS say it."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def written(time: datetime) -> str:
    """`2026-11-20 14:00:00Z`, which `moment` reads as the same second."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"


def _in_zone(local: datetime, zone: str) -> datetime:
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"whose zone {zone} nobody knows; such as Europe/Vienna") from None
    first, second = (local.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        raise ValueError(
            f"which {zone} skips or has twice, as clocks change; say it in UTC, such as {EXAMPLE}"
        )
    return first
