"""How the events that WordPress and its plugins schedule are run, without a visit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator

from fleet.fields.doc import Doc
from fleet.fields.durations import duration, seconds
from fleet.fields.types import Model
from fleet.plan.lines import Line, Rates
from fleet.plan.task_cost import run_usd
from fleet.problems import Breach
from fleet.site.database import AWAKE_SECONDS
from fleet.site.group import Case, Found, Group
from fleet.site.size import Size
from fleet.site.task_numbers import Tasks

if TYPE_CHECKING:
    from fleet.site.model import Site

EVERY = ("1m", "24h")
NEVER = "never"
# What wp-cli needs for a WordPress with plugins, and a PHP that may use 256 MiB.
OWN_TASK = Size(cpu=256, memory=1024)
# Fargate bills from the pull of the image to the end, a minute at the least; most is the start.
OWN_TASK_SECONDS = 90


def _every(text: str) -> str:
    return text if text == NEVER else duration(*EVERY)(text)


class Cron(Model):
    """When due events are run, and where."""

    every: Annotated[
        str,
        AfterValidator(_every),
        Doc(
            "longest that a due event waits; with a database that pauses, the slot that all sites "
            "of a cell share",
            f"a time from {EVERY[0]} to {EVERY[1]}, or {NEVER}",
            "1h",
        ),
    ] = "15m"
    task: Annotated[
        Literal["serving", "own"],
        Doc(
            "the tasks that serve the site run events beside requests, or a task of its own comes "
            "by the clock",
            "serving or own",
            "own",
        ),
    ] = "serving"

    @property
    def seconds(self) -> int | None:
        """`every`, None where events are never run."""
        return None if self.every == NEVER else seconds(self.every)

    @property
    def in_serving_tasks(self) -> int | None:
        """`seconds` where the tasks that serve run the events, else None."""
        return self.seconds if self.task == "serving" else None


def _whole_minutes(case: Case) -> Iterator[Breach]:
    """Scheduler knows no seconds; serving tasks do."""
    every = case.site.cron.seconds
    if case.site.cron.task == "own" and every is not None and every % 60:
        near = max(1, round(every / 60))
        yield Breach(
            (("cron", "every"), ("cron",)),
            f"found {case.site.cron.every} beside task: own, which the clock starts by the minute",
            "whole minutes, or task: serving",
            f"cron: {{every: {near}m, task: own}}",
        )


def _never(site: Site) -> Found:
    if site.cron.seconds is None:
        yield (
            ("cron", "every"),
            "no event is run: scheduled posts stay scheduled, shops send no follow-ups, plugins "
            "don't update",
        )


def _keeps_awake(site: Site) -> Found:
    database, every = site.database, site.cron.seconds
    if database.placement != "dedicated" or database.min_acu > 0 or every is None:
        return
    if site.cron.task == "own" or every <= (database.pause_after or AWAKE_SECONDS):
        yield (
            ("cron", "every"),
            f"the database pauses, and cron wakes it every {site.cron.every}: a longer time lets "
            "it sleep, as do serving tasks, which wait until an event is due",
        )


def _no_serving_task(site: Site) -> Found:
    if site.cron.in_serving_tasks is not None:
        without = [name for name, schedule in site.scaling.schedules.items() if not schedule.min]
        if without:
            yield (
                ("cron", "task"),
                f"no task runs events after the schedule {without[0]}; task: own comes anyway",
            )


def runs_a_month(site: Site, hours: float) -> float:
    """How often a task of its own comes for cron."""
    every = site.cron.seconds
    own = site.state == "live" and site.cron.task == "own"
    return hours * 3_600 / every if own and every else 0


def own_task_usd(site: Site, rates: Rates) -> float:
    """USD of one run in a task of its own."""
    return run_usd(
        rates.region.fargate,
        rates.architecture,
        cpu=OWN_TASK.cpu,
        memory=OWN_TASK.memory,
        seconds=OWN_TASK_SECONDS,
        spot=bool(site.capacity.spot_weight),
    )


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    runs = runs_a_month(site, rates.assumptions.hours)
    price = own_task_usd(site, rates)
    yield Line("Cron in tasks of its own", "runs", runs, runs, price, "fargate")


GROUP = Group(
    rules=((("cron",), _whole_minutes),),
    warnings=(_never, _keeps_awake, _no_serving_task),
    cost=_cost,
)
