"""Dumps of a site by the clock, beside what Aurora and EFS keep, and how long they stay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.types import Model
from fleet.plan.lines import Line, Rates
from fleet.plan.task_cost import run_usd
from fleet.site.group import Found, Group
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
_DAYS, _WEEKS, _MONTHS = (1, 400), (0, 520), (0, 120)

When = Literal["nightly", "never"]


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
    first, last = HOURS
    digest = hashlib.sha256(f"{site}/backup".encode()).digest()
    hour, minute = divmod(int.from_bytes(digest[:4]) % ((last - first) * 60), 60)
    return f"cron({minute} {first + hour} * * ? *)"


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
        run = run_usd(
            rates.region.fargate,
            rates.architecture,
            cpu=OWN_TASK.cpu,
            memory=OWN_TASK.memory,
            seconds=USUAL_SECONDS,
            spot=False,
        )
        item = f"Nightly backups, {USUAL_SECONDS // 60} min each"
        yield Line(item, "runs", 0, RUNS_A_MONTH, run, "fargate")


GROUP = Group(warnings=(_without_files,), cost=_cost)
