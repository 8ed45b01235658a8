"""Dumps of a site by the clock, beside what Aurora and EFS keep, and how long they stay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.types import Model
from fleet.plan.lines import Line, Rates
from fleet.plan.task_cost import run_usd
from fleet.problems import Breach
from fleet.site.group import Case, Found, Group
from fleet.site.size import Size
from fleet.site.task_numbers import Tasks

if TYPE_CHECKING:
    from fleet.site.model import Site

# As for every task that moves a site's data: streams need no more, however large the site is.
OWN_TASK = Size(cpu=1024, memory=2048)
# What a run is reckoned with, from the pull of its image on: most files are stored already.
USUAL_SECONDS = 300
# UTC; in Europe and America that is before the day begins, in Asia around noon.
HOURS = (1, 5)
RUNS_A_MONTH = 30.4
# In the morning after the dumps, on a day of the month that each has.
DRILL_HOURS, DRILL_DAYS = (5, 9), 28
USUAL_DRILL_SECONDS = 900
# A month, and the days in which somebody may look why there was none.
DRILL_LATE_DAYS = 35
# What the two are called among what the clock starts of a site.
SCHEDULE, DRILL_SCHEDULE = "backup", "drill"
# What the first container runs before a drill: a schema to be thrown away, and its user.
DRILL_PREPARING = {"schema": ("fleet-schema", "drill")}
_DAYS, _WEEKS, _MONTHS = (1, 400), (0, 520), (0, 120)

When = Literal["nightly", "never"]
Drilled = Literal["monthly", "never"]


class Keep(Model):
    """How long dumps stay. The newest one stays whatever its age."""

    days: Annotated[
        int,
        Field(ge=_DAYS[0], le=_DAYS[1]),
        Doc("each dump for so many days", whole(*_DAYS), 30),
    ] = 14
    weeks: Annotated[
        int,
        Field(ge=_WEEKS[0], le=_WEEKS[1]),
        Doc("the last one of each week, Monday to Sunday, for so many weeks", whole(*_WEEKS), 12),
    ] = 8
    months: Annotated[
        int,
        Field(ge=_MONTHS[0], le=_MONTHS[1]),
        Doc("the last one of each month for so many months", whole(*_MONTHS), 24),
    ] = 12

    @property
    def most(self) -> int:
        """How many dumps of one a night are there at once, at the most."""
        return self.days + self.weeks + self.months


class Backup(Model):
    """When a site is dumped by the clock, and how long dumps stay."""

    dumps: Annotated[
        When,
        Doc(
            "the site into the stack's bucket each night in which it was used",
            "nightly or never",
            "nightly",
        ),
    ] = "never"
    files: Annotated[
        When, Doc("files in these dumps, each kept once", "nightly or never", "never")
    ] = "nightly"
    drill: Annotated[
        Drilled,
        Doc(
            "the newest dump once a month, to see that a site comes of it",
            "monthly or never",
            "monthly",
        ),
    ] = "never"
    keep: Annotated[
        Keep,
        Doc(
            "how long dumps stay, the newest of all in any case",
            f"a map of {keys_of(Keep)}",
            {"days": 30, "weeks": 12, "months": 24},
        ),
    ] = Keep()


def backup_expression(site: str) -> str:
    """A moment of the night that is the site's own, so that a fleet's dumps don't begin at once."""
    minute, hour = _moment(f"{site}/backup", HOURS)
    return f"cron({minute} {hour} * * ? *)"


def drill_expression(site: str) -> str:
    """A morning of the month that is the site's own, so that each day has its share of a fleet."""
    minute, hour = _moment(f"{site}/drill", DRILL_HOURS)
    day = 1 + hashlib.sha256(f"{site}/drill-day".encode()).digest()[0] % DRILL_DAYS
    return f"cron({minute} {hour} {day} * ? *)"


def _moment(name: str, hours: tuple[int, int]) -> tuple[int, int]:
    """Minute and hour."""
    first, last = hours
    digest = hashlib.sha256(name.encode()).digest()
    hour, minute = divmod(int.from_bytes(digest[:4]) % ((last - first) * 60), 60)
    return minute, first + hour


def dump_options(site: Site) -> tuple[str, ...]:
    """What `fleet-dump` is told for a backup of the site."""
    only = ("--only", "database") if site.backup.files == "never" else ()
    keep = site.backup.keep
    return (*only, "--keep", f"{keep.days},{keep.weeks},{keep.months}")


def prune_options(site: Site) -> tuple[str, ...]:
    """What `fleet-dump` is told by those who have the site's own role: with backups it can't delete
    old dumps, which the backup's does."""
    return ("--no-prune",) if site.backup.dumps == "nightly" else ()


def is_backed_up(site: Site) -> bool:
    """Whether the clock dumps the site: not while it isn't live, when nothing changes."""
    return site.state == "live" and site.backup.dumps == "nightly"


def any_backed_up(sites: Iterable[Site]) -> bool:
    """Whether the clock dumps one of them."""
    return any(is_backed_up(site) for site in sites)


def is_drilled(site: Site) -> bool:
    """Whether the clock tries the site's newest dump."""
    return is_backed_up(site) and site.backup.drill == "monthly"


def any_drilled(sites: Iterable[Site]) -> bool:
    """Whether the clock tries the newest dump of one of them."""
    return any(is_drilled(site) for site in sites)


def _nothing_to_drill(case: Case) -> Iterator[Breach]:
    if case.site.backup.drill == "monthly" and case.site.backup.dumps == "never":
        yield Breach(
            (("backup", "drill"), ("backup",)),
            "found drill: monthly, and no dumps to try",
            "dumps: nightly, or drill: never",
            "backup: {dumps: nightly, drill: monthly}",
        )


def _without_files(site: Site) -> Found:
    if site.backup.dumps == "nightly" and site.backup.files == "never":
        yield (
            ("backup", "files"),
            "dumps are without files: uploads come back from EFS's own backup alone, all of the "
            "file system at once",
        )


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    """At the most as many dumps as `keep` lets be, with what they share counted once."""
    if site.backup.dumps == "never":
        return
    given, price = rates.assumptions, rates.region.s3.storage_gb
    files = given.efs_gb if site.backup.files == "nightly" else 0
    tables = given.archive_gb - given.efs_gb
    most = tables * site.backup.keep.most + files
    yield Line("Backups in S3", "GB", tables + files, most, price, "s3")
    if site.state == "live":
        item = f"Nightly backups, {USUAL_SECONDS // 60} min each"
        yield Line(item, "runs", 0, RUNS_A_MONTH, data_run_usd(rates, USUAL_SECONDS), "fargate")
    if is_drilled(site):
        item = f"A drill a month, {USUAL_DRILL_SECONDS // 60} min"
        yield Line(item, "runs", 1, 1, data_run_usd(rates, USUAL_DRILL_SECONDS), "fargate")


def data_run_usd(rates: Rates, seconds: int) -> float:
    """USD of one task that moves a site's data."""
    return run_usd(
        rates.region.fargate,
        rates.architecture,
        cpu=OWN_TASK.cpu,
        memory=OWN_TASK.memory,
        seconds=seconds,
        spot=False,
    )


GROUP = Group(
    rules=((("backup",), _nothing_to_drill),),
    warnings=(_without_files,),
    cost=_cost,
)
