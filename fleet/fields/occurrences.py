"""When a schedule of EventBridge comes: its expressions as points in time.

AWS's reference: "Schedule types in EventBridge Scheduler". A cron expression has minute, hour, day
of month, month, day of week (1 is Sunday) and year, with `L`, `W` and `#` in its days.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

YEARS = (1970, 2199)
_MONTHS = [name.upper() for name in calendar.month_abbr]
_WEEKDAYS = ["", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_RATE = re.compile(r"rate\(([1-9][0-9]{0,3}) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.+)\)")
_AT = re.compile(r"at\((.+)\)")


def rate(expression: str) -> timedelta | None:
    """The time between two occurrences of `rate(…)`; None for another kind."""
    found = _RATE.fullmatch(expression)
    return timedelta(**{f"{found[2]}s": int(found[1])}) if found else None


def occurrences(expression: str, timezone: str, start: datetime) -> Iterator[datetime]:
    """The times after `start`, in UTC; of `rate(…)` as if one were at `start`.

    The expression is a valid one. A time that the clock skips in spring comes an hour later.
    """
    zone, step = ZoneInfo(timezone), rate(expression)
    while step is not None:
        start += step
        yield start
    if at := _AT.fullmatch(expression):
        time = datetime.fromisoformat(at[1]).replace(tzinfo=zone).astimezone(UTC)
        yield from [time] if time > start else []
    elif cron := _CRON.fullmatch(expression):
        fields = cron[1].split(" ")
        minutes, hours = _numbers(fields[0], 0, 59), _numbers(fields[1], 0, 23)
        for day in _days(fields, start.astimezone(zone).date() - timedelta(days=1)):
            times = (
                datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
                for hour in hours
                for minute in minutes
            )
            yield from (time for time in times if time > start)


def _days(fields: list[str], first: date) -> Iterator[date]:
    _, _, of_month, months, of_week, years = fields
    for year in _numbers(years, *YEARS):
        for month in _numbers(months, 1, 12, _MONTHS):
            if (year, month) < (first.year, first.month):
                continue
            last = calendar.monthrange(year, month)[1]
            days = _of_week(of_week, year, month) if of_month == "?" else None
            found = _of_month(of_month, year, month) if days is None else days
            for day in sorted(found):
                if 1 <= day <= last and date(year, month, day) >= first:
                    yield date(year, month, day)


def _of_month(field: str, year: int, month: int) -> set[int]:
    last = calendar.monthrange(year, month)[1]
    if field == "L":
        return {last}
    if field.endswith("W"):
        wanted = last if field == "LW" else int(field[:-1])
        weekdays = [day for day in range(1, last + 1) if date(year, month, day).weekday() < 5]
        return {min(weekdays, key=lambda day: abs(day - wanted))} if wanted <= last else set()
    return set(_numbers(field, 1, 31))


def _of_week(field: str, year: int, month: int) -> set[int]:
    last = calendar.monthrange(year, month)[1]
    by_name = {
        number: [day for day in range(1, last + 1) if _weekday(year, month, day) == number]
        for number in range(1, 8)
    }
    found = set[int]()
    for part in field.split(","):
        if "#" in part:
            name, _, nth = part.partition("#")
            found.update(by_name[_number(name, _WEEKDAYS)][int(nth) - 1 : int(nth)])
        elif part.endswith("L") and part != "L":
            found.add(by_name[_number(part[:-1], _WEEKDAYS)][-1])
        else:
            part = "7" if part == "L" else part
            for number in _numbers(part, 1, 7, _WEEKDAYS):
                found.update(by_name[number])
    return found


def _weekday(year: int, month: int, day: int) -> int:
    """1 is Sunday."""
    return (date(year, month, day).weekday() + 1) % 7 + 1


def _numbers(field: str, least: int, most: int, names: list[str] | None = None) -> list[int]:
    found = set[int]()
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, dash, high = span.partition("-")
        if span in ("*", "?"):
            first, last = least, most
        else:
            first = _number(low, names or [])
            last = _number(high, names or []) if dash else (most if step else first)
        wrapped = last if last >= first else last + most - least + 1
        found.update(
            (number - least) % (most - least + 1) + least
            for number in range(first, wrapped + 1, int(step or 1))
        )
    return sorted(found)


def _number(text: str, names: list[str]) -> int:
    return names.index(text.upper()) if text.upper() in names else int(text)
