"""What runs a site: its tasks, how many there are, and on which capacity."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from fleet.fields.doc import Doc, keys_of, whole
from fleet.fields.types import Model, ScheduleExpression, ShortName, TimeZone
from fleet.quotas import (
    CAPACITY_PROVIDER_BASE,
    CAPACITY_PROVIDER_WEIGHT,
    FARGATE_MEMORY,
    TASKS_A_SERVICE,
)
from fleet.wording import listing

COOLDOWN_SECONDS = (0, 3_600)
REQUESTS_A_MINUTE = (1, 1_000_000)


def _fargate_cpu(cpu: int) -> int:
    if cpu not in FARGATE_MEMORY:
        raise ValueError("which Fargate does not have")
    return cpu


class Size(Model):
    """What each task of the site has."""

    cpu: Annotated[
        int,
        AfterValidator(_fargate_cpu),
        Field(json_schema_extra={"enum": list(FARGATE_MEMORY)}),
        Doc(
            "CPU units of a task, 1,024 to the vCPU",
            listing(str(cpu) for cpu in FARGATE_MEMORY),
            1024,
        ),
    ] = 512
    memory: Annotated[
        int,
        Field(ge=512, le=122_880),
        Doc("memory of a task in MiB", "what Fargate has for the `cpu`", 2048),
    ] = 1024


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


class Capacity(Model):
    """How tasks divide between on-demand and Spot capacity."""

    on_demand_base: Annotated[
        int,
        Field(ge=0, le=CAPACITY_PROVIDER_BASE),
        Doc("tasks that are always on demand", whole(0, CAPACITY_PROVIDER_BASE), 1),
    ] = 1
    on_demand_weight: Annotated[
        int,
        Field(ge=0, le=CAPACITY_PROVIDER_WEIGHT),
        Doc(
            "share of the other tasks that is on demand",
            f"{whole(0, CAPACITY_PROVIDER_WEIGHT)}, not 0 beside `spot_weight` 0",
            1,
        ),
    ] = 1
    spot_weight: Annotated[
        int,
        Field(ge=0, le=CAPACITY_PROVIDER_WEIGHT),
        Doc(
            "share of the other tasks that is on Spot",
            f"{whole(0, CAPACITY_PROVIDER_WEIGHT)}, not 0 beside `on_demand_weight` 0",
            3,
        ),
    ] = 3

    def spot_share(self, tasks: int) -> float:
        """The share of `tasks` that ECS puts on Spot, 0 to 1: all but the base, by the weights."""
        above_base = max(tasks - self.on_demand_base, 0)
        weights = self.on_demand_weight + self.spot_weight
        return above_base * self.spot_weight / weights / tasks
