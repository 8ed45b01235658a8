"""The jobs of sites: when each comes next, and how it went last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import boto3

from fleet.fields.occurrences import occurrences, rate
from fleet.operations import simulation
from fleet.operations.data.missed import missed, schedules_of
from fleet.operations.data.past import PastRun, past_runs
from fleet.operations.data.place import place_of
from fleet.operations.declared import Declared
from fleet.operations.live.account import open_session
from fleet.site.jobs import job_expression
from fleet.site.model import Site
from fleet.site.scheduled import schedule_name

SITES_AT_A_TIME = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """One job of a site. `expression` has its own minute in place of H.

    `last`: its latest run of the last week. `missed`: a turn since then that no task took. `next`,
    UTC: None where it doesn't come any more, where the site isn't live and, of `rate(…)`, where it
    hasn't run yet: AWS counts from when the schedule was made.
    """

    site: str
    job: str
    command: tuple[str, ...]
    expression: str
    timezone: str
    last: PastRun | None
    missed: datetime | None
    next: datetime | None


def job_statuses(
    declared: Declared, site: str | None = None, *, session: boto3.Session | None = None
) -> list[JobStatus]:
    """All jobs, or those of one site. Raises FleetError for an unknown site.

    Of the simulated environment, where nothing runs, `last` is always None.
    """
    sites = declared.sites if site is None else (declared.site(site),)
    with_jobs = [each for each in sites if each.jobs]
    simulated = declared.target.simulated
    if (simulated and not simulation.runs(declared.target.folder)) or not with_jobs:
        return [status for each in with_jobs for status in _statuses(each, [], {})]
    session = session or open_session(declared.target)
    # Clients are thread-safe, making them isn't.
    places = [place_of(declared, each.name, session) for each in with_jobs]
    with ThreadPoolExecutor(SITES_AT_A_TIME) as pool:
        runs = list(pool.map(past_runs, places))
    # The simulated account doesn't say when a schedule was made.
    made = {} if simulated else schedules_of([place.target for place in places], session)
    return [
        status
        for place, found in zip(places, runs, strict=True)
        for status in _statuses(place.site, found, made)
    ]


def _statuses(site: Site, runs: list[PastRun], made: Mapping[str, datetime]) -> Iterator[JobStatus]:
    now, live = datetime.now(UTC), site.state == "live"
    for name, job in site.jobs.items():
        expression = job_expression(site.name, name, job)
        last = next((run for run in runs if run.kind == f"job-{name}"), None)
        yield JobStatus(
            site=site.name,
            job=name,
            command=job.command,
            expression=expression,
            timezone=job.timezone,
            last=last,
            missed=missed(
                expression,
                job.timezone,
                began=last and last.began,
                made=made.get(schedule_name(site.name, f"job-{name}")),
                now=now,
            )
            if live
            else None,
            next=_next(expression, job.timezone, last, now) if live else None,
        )


def _next(expression: str, timezone: str, last: PastRun | None, now: datetime) -> datetime | None:
    step = rate(expression)
    if step is None:
        return next(occurrences(expression, timezone, now), None)
    if last is None:
        return None
    over = max((now - last.began) // step, 0)
    return last.began + (over + 1) * step
