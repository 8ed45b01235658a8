"""How many tasks serve a site: bounds, targets and schedules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.types import (
    Model,
    ScheduleExpression,
    ShortName,
    TimeZone,
)
from fleet.plan.lines import Line, Rates
from fleet.problems import Breach
from fleet.quotas import TASKS_A_SERVICE
from fleet.site.group import Case, Found, Group
from fleet.site.task_numbers import Tasks, task_range

if TYPE_CHECKING:
    from fleet.site.model import Site


COOLDOWN_SECONDS = (0, 3_600)
REQUESTS_A_MINUTE = (1, 1_000_000)
# From here on the running tasks are saturated while another one starts.
HIGH_CPU_TARGET = 90
# Application Auto Scaling keeps two alarms for each target tracking policy, high and low.
ALARMS_A_POLICY = 2


class Schedule(Model):
    """New bounds for the number of tasks from a point in time on."""

    cron: Annotated[
        ScheduleExpression,
        Doc(
            "when the bounds change",
            "minute, hour, day of month, month, day of week and year with one ? for a day, "
            "or at(yyyy-mm-ddThh:mm:ss)",
            "0 8 ? * MON-FRI *",
        ),
    ]
    min: Annotated[
        int,
        Field(ge=0, le=TASKS_A_SERVICE),
        Doc("fewest tasks from then on", whole(0, TASKS_A_SERVICE), 0),
    ]
    max: Annotated[
        int,
        Field(ge=0, le=TASKS_A_SERVICE),
        Doc("most tasks from then on", whole(0, TASKS_A_SERVICE), 10),
    ]
    timezone: Annotated[
        TimeZone,
        Doc("time zone of `cron`", "a name of the IANA database", "Europe/Vienna"),
    ] = "UTC"

    @property
    def expression(self) -> str:
        """The schedule as Application Auto Scaling takes it: `cron(…)` or `at(…)`."""
        return self.cron if self.cron.startswith("at(") else f"cron({self.cron})"


class Scaling(Model):
    """How many tasks serve the site."""

    min: Annotated[
        int,
        Field(ge=1, le=TASKS_A_SERVICE),
        Doc("fewest tasks", f"{whole(1, TASKS_A_SERVICE)}, at most `max`", 2),
    ] = 2
    max: Annotated[
        int,
        Field(ge=1, le=TASKS_A_SERVICE),
        Doc("most tasks", f"{whole(1, TASKS_A_SERVICE)}, at least `min`", 10),
    ] = 4
    cpu: Annotated[
        int,
        Field(ge=1, le=100),
        Doc("average CPU load in percent that the number of tasks follows", whole(1, 100), 60),
    ] = 75
    requests: Annotated[
        int | None,
        Field(ge=REQUESTS_A_MINUTE[0], le=REQUESTS_A_MINUTE[1]),
        Doc(
            "requests a task and minute that the number of tasks follows, too",
            whole(*REQUESTS_A_MINUTE),
            1000,
            built_in="none",
        ),
    ] = None
    cooldown: Annotated[
        int,
        Field(ge=COOLDOWN_SECONDS[0], le=COOLDOWN_SECONDS[1]),
        Doc("seconds from one change to the next", whole(*COOLDOWN_SECONDS), 120),
    ] = 60
    schedules: Annotated[
        dict[
            ShortName,
            Annotated[
                Schedule,
                Doc(
                    "a schedule",
                    f"a map of {keys_of(Schedule)}",
                    {"cron": "0 22 * * ? *", "min": 1, "max": 2},
                ),
            ],
        ],
        Doc(
            "bounds that change by the clock",
            "a map of names to schedules",
            {"night": {"cron": "0 22 * * ? *", "min": 1, "max": 2}},
            built_in="none",
        ),
    ] = Field(default_factory=dict[str, Schedule])


def is_autoscaled(site: Site) -> bool:
    """Whether the number of tasks can change by itself; a fixed number needs no autoscaling."""
    return site.scaling.max > site.scaling.min or bool(site.scaling.schedules)


def _scaling_bounds(case: Case) -> Iterator[Breach]:
    scaling = case.site.scaling
    if scaling.min > scaling.max:
        yield Breach(
            (("scaling", "min"), ("scaling", "max")),
            f"found min {scaling.min} above max {scaling.max}",
            "min up to max",
            f"scaling: {{min: {scaling.max}, max: {scaling.min}}}",
        )
    for name, schedule in scaling.schedules.items():
        if schedule.min > schedule.max:
            path = ("scaling", "schedules", name)
            yield Breach(
                ((*path, "min"), (*path, "max")),
                f"found min {schedule.min} above max {schedule.max}",
                "min up to max",
                f"{name}: {{min: {schedule.max}, max: {schedule.min}}}",
            )


def _one_task(site: Site) -> Found:
    fewest, _ = task_range(site)
    if fewest.count == 1 and fewest.on_demand:
        yield (
            ("scaling", "min"),
            "one task: the site is away while a lost task or its zone is replaced; min: 2 stays up",
        )


def _no_task_by_clock(site: Site) -> Found:
    for name, schedule in site.scaling.schedules.items():
        if schedule.min == 0:
            yield (
                ("scaling", "schedules", name, "min"),
                "no task from then on: scaling by load does not start the first one again, only "
                "another schedule does",
            )


def _high_cpu_target(site: Site) -> Found:
    if site.scaling.cpu >= HIGH_CPU_TARGET and site.scaling.max > site.scaling.min:
        yield (
            ("scaling", "cpu"),
            f"tasks are added above {site.scaling.cpu} % CPU only, when the others are busy",
        )


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    given, region = rates.assumptions, rates.region
    if rates.public_tasks:
        hours = (low.count * given.hours, high.count * given.hours)
        price = region.vpc.address_hour
        yield Line("Public IPv4 addresses of tasks", "address-hours", *hours, price, "vpc")
    logs = (low.count * given.log_gb, high.count * given.log_gb)
    yield Line("Logs", "GB", *logs, region.cloudwatch.log_gb, "cloudwatch")
    if site.state == "live" and is_autoscaled(site):
        policies = 1 + (site.scaling.requests is not None)
        alarms = policies * ALARMS_A_POLICY
        price = region.cloudwatch.alarm
        yield Line("Alarms of autoscaling", "alarms", alarms, alarms, price, "cloudwatch")


GROUP = Group(
    rules=((("scaling",), _scaling_bounds),),
    warnings=(_one_task, _no_task_by_clock, _high_cpu_target),
    cost=_cost,
)
