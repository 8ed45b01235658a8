"""Spans of time as people write them: 90s, 15m, 24h."""

from __future__ import annotations

import re
from collections.abc import Callable

_UNITS = {"s": 1, "m": 60, "h": 3_600}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smh])")


def duration(least: str, most: str) -> Callable[[str], str]:
    """A check for a span between these two. It raises ValueError with what is wrong."""

    def check(text: str) -> str:
        if not _DURATION.fullmatch(text):
            raise ValueError("which is no whole number of s, m or h")
        if seconds(text) < seconds(least):
            raise ValueError(f"which is shorter than {least}")
        if seconds(text) > seconds(most):
            raise ValueError(f"which is longer than {most}")
        return text

    return check


def seconds(text: str) -> int:
    """The seconds of a span that was checked."""
    match = _DURATION.fullmatch(text)
    assert match, text
    return int(match[1]) * _UNITS[match[2]]
