"""What became of WordPress's events, and which come next.

    for run in site_cron(declared, "blog", since=timedelta(days=1)):
        print(run.time, run.ran, run.failed)

From the lines that the image (`share/fleet/cron/keeper.php`) writes to the site's log: to ask
WordPress itself would wake a database that sleeps.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from fleet.operations.data.missed import LATEST
from fleet.operations.declared import Declared
from fleet.operations.live.logs import LogLine, site_log

# How a line of the image's begins; php-fpm may put words of its own before it.
OWN_LINE = "fleet-cron: "


@dataclass(frozen=True, slots=True, kw_only=True)
class CronRun:
    """One run of due events, or what kept it from being one.

    `ran` counts events and `failed` names those that failed; `late` are the seconds that the latest
    one waited. `broke` is the event that ended the run, `reason` why, also of a run that never
    began. `next` is when the next run comes, `coming` the next moment of each hook, ten at most.
    """

    time: datetime
    task: str
    ran: int = 0
    failed: tuple[str, ...] = ()
    late: int = 0
    seconds: float = 0
    broke: str = ""
    reason: str = ""
    next: datetime | None = None
    coming: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


def site_cron(
    declared: Declared, site: str, *, since: timedelta, session: boto3.Session | None = None
) -> Iterator[CronRun]:
    """The runs since then that did something, by time. Raises FleetError and OperationError."""
    lines = site_log(declared, site, since=since, pattern=f'"{OWN_LINE.strip()}"', session=session)
    return (run for run in map(_run, lines) if run is not None)


def overdue(run: CronRun, every: int, now: datetime) -> frozenset[str]:
    """Hooks that the latest run said would come, and that no run has taken though they were due.

    `every`: the seconds that `cron.every` lets an event wait. A task of its own may be an hour on
    its way.
    """
    end = now - LATEST - timedelta(seconds=every)
    return frozenset(hook for hook, moment in run.coming.items() if moment < end)


def _run(line: LogLine) -> CronRun | None:
    """None for lines of another kind: why an event failed stands in one of its own."""
    kind, _, rest = line.message.partition(OWN_LINE)[2].partition(" ")
    if line.message.partition(OWN_LINE)[2].startswith("no run: "):
        return CronRun(time=line.time, task=line.task, reason=rest.removeprefix("run: "))
    if kind not in ("ran", "broke"):
        return None
    try:
        found: dict[str, Any] = json.loads(rest)
        return _told(line, found)
    except (ValueError, KeyError, TypeError):
        return None


def _told(line: LogLine, found: dict[str, Any]) -> CronRun:
    seconds = float(found["seconds"])
    if "event" in found:
        return CronRun(
            time=line.time,
            task=line.task,
            seconds=seconds,
            broke=str(found["event"]),
            reason=str(found["why"]),
        )
    return CronRun(
        time=line.time,
        task=line.task,
        ran=int(found["ran"]),
        failed=tuple(str(each) for each in found["failed"]),
        late=int(found["late"]),
        seconds=seconds,
        next=_moment(found["next"]),
        # PHP writes an empty map as a list.
        coming={hook: _at(time) for hook, time in dict(found["coming"] or {}).items()},
    )


def _moment(seconds: Any) -> datetime | None:
    return None if seconds is None else _at(seconds)


def _at(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
