"""Which backups stay, written from docs/backups.md: what both that delete them are held to."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

DAY = 86_400
FIRST = int(datetime(2026, 1, 1, 3, tzinfo=UTC).timestamp())


def model(times: list[int], keep: dict[str, int], now: int) -> list[int]:
    """Each of the last days, the last of each week and month, and the newest."""
    today = datetime.fromtimestamp(now, UTC)

    def weeks_ago(time: int) -> int:
        day = datetime.fromtimestamp(time, UTC).date()
        mondays = (each - timedelta(days=each.weekday()) for each in (today.date(), day))
        return (next(mondays) - next(mondays)).days // 7

    def months_ago(time: int) -> int:
        day = datetime.fromtimestamp(time, UTC)
        return (today.year - day.year) * 12 + today.month - day.month

    stay = {time for time in times if now - time < keep["days"] * DAY} | {max(times)}
    for name, ago in (("weeks", weeks_ago), ("months", months_ago)):
        last = {ago(time): time for time in sorted(times)}
        stay |= {time for number, time in last.items() if number < keep[name]}
    return sorted(stay)


def some_cases() -> Iterator[tuple[list[int], dict[str, int], int]]:
    """Fleets that skip nights, back up by hand, and keep by other rules."""
    draw = random.Random(14)  # noqa: S311 - not for secrets
    for _ in range(200):
        now = FIRST + draw.randrange(800 * DAY)
        times = [now - draw.randrange(draw.choice([9, 90, 500]) * DAY) for _ in range(20)]
        keep = {
            "days": draw.choice([1, 3, 14]),
            "weeks": draw.choice([0, 1, 8]),
            "months": draw.choice([0, 1, 12]),
        }
        yield times, keep, now
