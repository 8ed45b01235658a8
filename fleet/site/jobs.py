"""Commands that a site runs by the clock, each in a task of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from fleet.fields.commands import shell_syntax
from fleet.fields.doc import Doc
from fleet.fields.durations import duration, seconds
from fleet.fields.occurrences import YEARS, occurrences, rate
from fleet.fields.schedules import schedule_expression
from fleet.fields.types import Model, TimeZone
from fleet.plan.lines import Line, Rates
from fleet.plan.task_cost import run_usd
from fleet.problems import Breach
from fleet.quotas import FARGATE_MEMORY, OVERRIDE_CHARACTERS
from fleet.site.database import AWAKE_SECONDS
from fleet.site.group import Case, Found, Group
from fleet.site.size import memory_series
from fleet.site.task_numbers import Tasks
from fleet.wording import listing

if TYPE_CHECKING:
    from fleet.site.model import Site

TIMEOUT = ("1m", "24h")
# What a run is reckoned with, from the pull of its image to its end, where its limit is not less.
USUAL_SECONDS = 300
_MINUTES_AN_HOUR = 60
# A month of a leap year, from a fixed day, so that an estimate is the same each time.
_MONTH = (datetime(2028, 1, 1, tzinfo=UTC), datetime(2028, 1, 31, 10, tzinfo=UTC))
_SOME_MINUTE = re.compile(r"cron\(H ")
# For the options of fleet-task and the JSON around.
_AROUND_THE_COMMAND = 1_000


def _words(command: tuple[str, ...]) -> tuple[str, ...]:
    if (found := shell_syntax(command)) is not None:
        raise ValueError(f"which has {found}; it runs without a shell")
    if sum(len(word) for word in command) > OVERRIDE_CHARACTERS - _AROUND_THE_COMMAND:
        raise ValueError(
            f"which has more than {OVERRIDE_CHARACTERS - _AROUND_THE_COMMAND:,} characters"
        )
    return command


def _schedule(text: str) -> str:
    if rate(text) is not None:
        return text
    if text.startswith("rate("):
        raise ValueError("which is no rate of whole minutes, hours or days")
    if text.startswith("cron(") and text.endswith(")"):
        plain = _SOME_MINUTE.sub("cron(0 ", text)
        schedule_expression(plain[5:-1])
        if next(occurrences(plain, "UTC", datetime(YEARS[0], 1, 1, tzinfo=UTC)), None) is None:
            raise ValueError("which never comes")
        return text
    if text.startswith("at("):
        return schedule_expression(text)
    raise ValueError("which is not in cron( ), rate( ) or at( )")


def _cpu(cpu: int) -> int:
    if cpu not in FARGATE_MEMORY:
        raise ValueError("which Fargate does not have")
    return cpu


class Job(Model):
    """One command and when it runs."""

    command: Annotated[
        tuple[str, ...],
        Field(strict=False),
        AfterValidator(_words),
        Doc(
            "what runs, as the site",
            "a list of words, which no shell reads",
            ["wp", "eval-file", "wp-content/report.php"],
        ),
    ]
    schedule: Annotated[
        str,
        AfterValidator(_schedule),
        Doc(
            "when; H as the minute is one of the job's own, the same each time",
            "cron( ) of six fields with one ? for a day, rate( ) or at( )",
            "cron(H 3 * * ? *)",
        ),
    ]
    timezone: Annotated[
        TimeZone, Doc("time zone of `schedule`", "a name of the IANA database", "Europe/Vienna")
    ] = "UTC"
    cpu: Annotated[
        int,
        AfterValidator(_cpu),
        Field(json_schema_extra={"enum": list(FARGATE_MEMORY)}),
        Doc("CPU units", listing(str(cpu) for cpu in FARGATE_MEMORY), 512),
    ] = 256
    memory: Annotated[
        int, Field(ge=512, le=122_880), Doc("memory in MiB", "what Fargate has for the `cpu`", 2048)
    ] = 1024
    timeout: Annotated[
        str,
        AfterValidator(duration(*TIMEOUT)),
        Doc("when it is ended", f"a time from {TIMEOUT[0]} to {TIMEOUT[1]}", "2h"),
    ] = "30m"
    spot: Annotated[
        bool,
        Doc("on Spot, which AWS may take back in the middle", "true or false", True),
    ] = False


def job_expression(site: str, name: str, job: Job) -> str:
    """The schedule with the job's own minute in place of H: jobs of one hour don't all start at 0.

    A hash of the names, so that a job keeps its minute.
    """
    return _SOME_MINUTE.sub(f"cron({_own_minute(site, name)} ", job.schedule)


def has_own_minute(job: Job) -> bool:
    """Whether the minute is H."""
    return _SOME_MINUTE.match(job.schedule) is not None


def _own_minute(site: str, name: str) -> int:
    digest = hashlib.sha256(f"{site}/{name}".encode()).digest()
    return int.from_bytes(digest[:4]) % _MINUTES_AN_HOUR


def known_starts(site: str, name: str, job: Job) -> tuple[datetime, ...]:
    """When the job starts in the month that estimates are made with, or its one time of `at(…)`.

    None of `rate(…)`, which AWS counts from the moment that makes the schedule.
    """
    if rate(job.schedule) is not None:
        return ()
    if job.schedule.startswith("at("):
        first = datetime(YEARS[0], 1, 1, tzinfo=UTC)
        return tuple(occurrences(job.schedule, job.timezone, first))
    own = timedelta(minutes=_own_minute(site, name) if has_own_minute(job) else 0)
    return tuple(time + own for time in _month(job))


def starts_a_month(job: Job) -> float:
    """How often it starts in 30.4 days; 0 for what comes once, or not any more."""
    times = _month(job)
    return 0 if job.schedule.startswith("at(") else len(times)


def _month(job: Job) -> tuple[datetime, ...]:
    return _times(_plain(job), job.timezone)


def _plain(job: Job) -> str:
    """The schedule with some minute: which one doesn't change how often it comes."""
    return _SOME_MINUTE.sub("cron(0 ", job.schedule)


@cache
def _times(expression: str, timezone: str) -> tuple[datetime, ...]:
    """What comes in a month: 44,000 times at most, as rates and cron count minutes."""
    begin, end = _MONTH
    found = list[datetime]()
    for time in occurrences(expression, timezone, begin):
        if time > end:
            break
        found.append(time)
    return tuple(found)


def _fargate_pairs(case: Case) -> Iterator[Breach]:
    for name, job in case.site.jobs.items():
        memories = FARGATE_MEMORY[job.cpu]
        if job.memory not in memories:
            fit = min(memories, key=lambda memory: abs(memory - job.memory))
            yield Breach(
                (("jobs", name, "memory"), ("jobs", name, "cpu"), ("jobs", name)),
                f"found {job.memory} MiB beside {job.cpu} CPU units, which Fargate does not have",
                f"memory {memory_series(memories)} for cpu {job.cpu}",
                f"{name}: {{cpu: {job.cpu}, memory: {fit}}}",
            )


def _keeps_awake(site: Site) -> Found:
    database = site.database
    if database.placement != "dedicated" or database.min_acu > 0:
        return
    asleep_after = timedelta(seconds=database.pause_after or AWAKE_SECONDS)
    for name, job in site.jobs.items():
        times = _month(job)
        if any(later - earlier <= asleep_after for earlier, later in pairwise(islice(times, 99))):
            yield (
                ("jobs", name, "schedule"),
                "the database pauses, and this job comes again before it would: it stays awake, "
                f"{database.min_acu or 0.5:g} ACU at the least",
            )


def _over(site: Site) -> Found:
    for name, job in site.jobs.items():
        if next(occurrences(_plain(job), job.timezone, datetime.now(UTC)), None) is None:
            yield ("jobs", name, "schedule"), "it never comes again"


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    if site.state != "live":
        return
    for name, job in site.jobs.items():
        taken = min(USUAL_SECONDS, seconds(job.timeout))
        price = run_usd(
            rates.region.fargate,
            rates.architecture,
            cpu=job.cpu,
            memory=job.memory,
            seconds=taken,
            spot=job.spot,
        )
        starts = starts_a_month(job)
        item = f"Job {name}, {taken // 60} min each"
        yield Line(item, "runs", starts, starts, price, "fargate")


GROUP = Group(rules=((("jobs",), _fargate_pairs),), warnings=(_keeps_awake, _over), cost=_cost)
