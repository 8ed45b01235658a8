"""When Application Auto Scaling changes the bounds of a site."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from aws_cron_expression_validator.validator import (
    AWSCronExpressionError,
    AWSCronExpressionValidator,
)

from fleet.wording import did_you_mean, nearest

_AT = re.compile(r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\)")
# The validator's patterns take exponential time on long lists of steps: 0.03 s at 64 characters.
_MAX_CHARACTERS = 64


def schedule_expression(text: str) -> str:
    """Six cron fields or `at(…)`. Raises ValueError with what is wrong."""
    if text.startswith("at("):
        return _at(text)
    if text.startswith(("cron(", "rate(")):
        raise ValueError(f"which has {text[:4]}( ) around it")
    if len(text) > _MAX_CHARACTERS:
        raise ValueError(f"which has more than {_MAX_CHARACTERS} characters")
    fields = text.split(" ")
    if len(fields) != 6:
        raise ValueError(f"which has {len(fields)} fields")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise ValueError("which has a ? for both or neither of the days")
    try:
        return AWSCronExpressionValidator.validate(text)
    except AWSCronExpressionError as error:
        reason = str(error).rstrip(".").lower()
        raise ValueError(f"which has an {reason}") from None


def timezone(text: str) -> str:
    """A name of the IANA time zone database. Raises ValueError with the nearest one."""
    if text in _timezones():
        return text
    raise ValueError(f"which is no time zone{did_you_mean(nearest(text, _timezones()))}")


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _at(text: str) -> str:
    match = _AT.fullmatch(text)
    try:
        datetime.fromisoformat(match.group(1) if match else "")
    except ValueError:
        raise ValueError("which is no point in time") from None
    return text
