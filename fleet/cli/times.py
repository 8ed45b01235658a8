"""Times: on the terminal those of this machine's zone, for programs UTC as ISO 8601 has it."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(time: datetime | None) -> str:
    """`11-29 14:02`, and `-` for one that isn't known."""
    return "-" if time is None else f"{time.astimezone():%m-%d %H:%M}"


def second(time: datetime) -> str:
    """`11-29 14:02:07`, where several may come in a minute."""
    return f"{time.astimezone():%m-%d %H:%M:%S}"


def time_of_day(time: datetime) -> str:
    """`14:02:07`, where nothing is older than hours."""
    return f"{time.astimezone():%H:%M:%S}"


def iso(time: datetime) -> str:
    """`2026-11-29T13:02:07+00:00`."""
    return time.astimezone(UTC).isoformat()


def exact(time: datetime) -> str:
    """`2026-11-29 14:02Z`: with its year and zone, as `fleet restore --at` takes it."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%MZ}"
