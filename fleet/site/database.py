"""The database of a site: a cluster of its own, or a schema in the environment's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from fleet.fields.doc import Doc, whole
from fleet.fields.types import (
    Acu,
    Model,
)
from fleet.plan.lines import Line, Rates
from fleet.problems import Breach
from fleet.quotas import BACKUP_DAYS, PAUSE_SECONDS, READERS_A_CLUSTER
from fleet.site.group import Case, Found, Group
from fleet.site.task_numbers import Tasks, task_range
from fleet.site.workers import workers_of
from fleet.sites_file.layers import origin
from fleet.yaml.document import map_at

if TYPE_CHECKING:
    from fleet.settings.model import SharedDatabase
    from fleet.site.model import Site


HEALTH_PATH = "/healthz"
# Aurora resumes in about 15 s, and in 30 s and more after a day asleep ("Scaling to Zero ACUs").
RESUME_SECONDS = 15
LONG_RESUME_SECONDS = 30
# Aurora pauses after so long without a connection, unless `pause_after` says more.
AWAKE_SECONDS = 300
# A shared cluster's days of recovery to any second.
SHARED_BACKUP_DAYS = 7
# Fewest tasks from which on a site is one that should outlast the loss of a database instance.
TASKS_THAT_WANT_A_READER = 4
# A week of backups outlasts a long weekend; this does not.
SHORT_BACKUP_DAYS = 2

# Most ACU -> max_connections of Aurora MySQL. "Maximum connections for Aurora Serverless v2".
CONNECTIONS = (
    *((1, 90), (4, 135), (8, 1_000), (16, 2_000), (32, 3_000), (64, 4_000)),
    *((128, 5_000), (192, 6_000)),
)
# With a minimum of 0 or 0.5 ACU, whatever the most is.
MOST_CONNECTIONS_OF_SMALL = 2_000


class Database(Model):
    """The site's Aurora MySQL Serverless database."""

    placement: Annotated[
        Literal["dedicated", "shared"],
        Doc(
            "a cluster of the site's own, or a schema in the environment's shared one",
            "dedicated, or shared as the only key and where `sharedDatabase` is set",
            "dedicated",
        ),
    ] = "dedicated"
    min_acu: Annotated[
        Acu,
        Doc("least capacity in ACU", "a number from 0 to 256 in halves, at most `max_acu`", 0.5),
    ] = 0.5
    max_acu: Annotated[
        Acu,
        Field(ge=1),
        Doc("most capacity in ACU", "a number from 1 to 256 in halves, at least `min_acu`", 8),
    ] = 4
    pause_after: Annotated[
        int | None,
        Field(ge=PAUSE_SECONDS[0], le=PAUSE_SECONDS[1]),
        Doc(
            "seconds without a connection until the cluster pauses",
            f"{whole(*PAUSE_SECONDS)}, with `min_acu` 0",
            600,
            built_in="none",
        ),
    ] = None
    readers: Annotated[
        int,
        Field(ge=0, le=READERS_A_CLUSTER),
        Doc("instances beside the writer", whole(0, READERS_A_CLUSTER), 1),
    ] = 0
    backup_days: Annotated[
        int,
        Field(ge=BACKUP_DAYS[0], le=BACKUP_DAYS[1]),
        Doc("days that automatic backups are kept", whole(*BACKUP_DAYS), 14),
    ] = 7


def pauses(site: Site, shared: SharedDatabase | None) -> bool:
    """Whether the site's database sleeps while nobody asks it; `shared` is the environment's."""
    if site.database.placement == "shared":
        return shared is not None and shared.min_acu == 0
    return site.database.min_acu == 0


def max_connections(min_acu: float, max_acu: float) -> int:
    """Connections that Aurora MySQL takes; between two steps of the table, the lower one."""
    count = max(count for acu, count in CONNECTIONS if acu <= max_acu)
    return min(count, MOST_CONNECTIONS_OF_SMALL) if min_acu <= 0.5 else count


def workers_at_most(site: Site) -> int:
    """PHP processes of all tasks together when there are most, each with a connection."""
    _, most = task_range(site)
    return most.count * workers_of(site)


def _shared_database_alone(case: Case) -> Iterator[Breach]:
    """Beside `shared` nothing may be written; what weaker layers say is for a dedicated one."""
    shared = origin(case.layers, ("database", "placement"))
    if case.site.database.placement != "shared" or shared is None:
        return
    for layer in case.layers[shared.rank :]:
        for key in map_at(layer.values, "database"):
            if key != "placement":
                yield Breach(
                    (("database", key),),
                    f"found `{key}` beside placement shared, whose size the environment sets",
                    "no other key beside placement shared",
                    "database: {placement: shared}",
                )


def _shared_database_exists(case: Case) -> Iterator[Breach]:
    if case.settings is None or case.settings.shared_database is not None:
        return
    if case.site.database.placement == "shared":
        environment = case.settings.environment
        yield Breach(
            (("database", "placement"),),
            f"found placement shared in environment {environment}, which has no shared database",
            "shared where the setting `sharedDatabase` is set",
            f"sharedDatabase: {{minAcu: 0.5, maxAcu: 8}} in Pulumi.{environment}.yaml",
        )


def _database_capacity(case: Case) -> Iterator[Breach]:
    database = case.site.database
    if database.min_acu > database.max_acu:
        yield Breach(
            (("database", "min_acu"), ("database", "max_acu")),
            f"found min_acu {database.min_acu:g} above max_acu {database.max_acu:g}",
            "min_acu up to max_acu",
            f"database: {{min_acu: {database.max_acu:g}, max_acu: {database.min_acu:g}}}",
        )
    if database.pause_after is not None and database.min_acu != 0:
        yield Breach(
            (("database", "pause_after"), ("database", "min_acu")),
            f"found pause_after beside min_acu {database.min_acu:g}, which never pauses",
            "pause_after with min_acu 0",
            f"database: {{min_acu: 0, pause_after: {database.pause_after}}}",
        )


def _pausing(site: Site) -> Found:
    database = site.database
    if database.placement != "dedicated" or database.min_acu > 0:
        return
    yield (
        ("database", "min_acu"),
        f"the database pauses: the first visitor then waits {RESUME_SECONDS} s, after a day "
        f"{LONG_RESUME_SECONDS} s; anything that asks it more often than pause_after (cron, "
        "uptime checks of a page) keeps it awake, and paid for",
    )
    if site.health.path != HEALTH_PATH:
        yield (
            ("health", "path"),
            f"if {site.health.path} reads the database, the load balancer's checks keep it awake; "
            f"{HEALTH_PATH} does not",
        )
    if site.health.grace < 2 * LONG_RESUME_SECONDS:
        yield (
            ("health", "grace"),
            f"{site.health.grace} s may end while a task still waits for the database to resume; "
            f"{2 * LONG_RESUME_SECONDS} s is enough",
        )


def _connections(site: Site) -> Found:
    database = site.database
    if database.placement != "dedicated":
        return
    allowed = max_connections(database.min_acu, database.max_acu)
    wanted = workers_at_most(site)
    if wanted > allowed:
        _, most = task_range(site)
        yield (
            ("database", "max_acu"),
            f"{most.count} tasks of {workers_of(site)} PHP workers may open "
            f"{wanted:,} connections; {database.max_acu:g} ACU take {allowed:,}",
        )


def _no_reader(site: Site) -> Found:
    fewest, _ = task_range(site)
    database = site.database
    no_reader = database.placement == "dedicated" and database.readers == 0
    if no_reader and fewest.count >= TASKS_THAT_WANT_A_READER:
        yield (
            ("database", "readers"),
            f"{fewest.count} tasks at least, and one database instance: its failure or upgrade "
            "takes the site away for minutes; readers: 1 takes over in seconds",
        )


def _short_backups(site: Site) -> Found:
    database = site.database
    if database.placement == "dedicated" and database.backup_days <= SHORT_BACKUP_DAYS:
        yield (
            ("database", "backup_days"),
            f"backups of {database.backup_days} d: a fault found after a weekend is past mending",
        )


def _paid_at_rest(site: Site) -> Found:
    database = site.database
    if database.placement == "dedicated" and database.min_acu > 0:
        yield (
            ("database", "min_acu"),
            f"{site.state}, and its database still costs {database.min_acu:g} ACU; min_acu: 0 lets "
            "it sleep",
        )


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    given, prices, wanted = rates.assumptions, rates.region.aurora, site.database
    io = (low.count * given.database_million_io, high.count * given.database_million_io)
    yield Line("Aurora I/O", "million requests", *io, prices.million_io, "aurora")
    size = given.database_gb
    yield Line("Aurora storage", "GB", size, size, prices.storage_gb, "aurora")
    # The site's own secret, and the one that RDS keeps for the master user of a cluster.
    secrets = 1 + (wanted.placement == "dedicated")
    yield Line("Secrets", "secrets", secrets, secrets, rates.region.secrets.secret, "secrets")
    if wanted.placement == "shared":
        return
    # Without tasks nobody asks the database for more than its least.
    most = wanted.max_acu if high.count else wanted.min_acu
    yield capacity_line(wanted.min_acu, most, wanted.readers, rates)


def capacity_line(least: float, most: float, readers: int, rates: Rates) -> Line:
    """What a cluster's capacity costs between its bounds in ACU, each reader as much again."""
    hours = rates.assumptions.hours * (1 + readers)
    price = rates.region.aurora.acu_hour
    return Line("Aurora capacity", "ACU-hours", least * hours, most * hours, price, "aurora")


GROUP = Group(
    rules=(
        (("database",), _shared_database_alone),
        (("database", "settings.shared_database"), _shared_database_exists),
        (("database",), _database_capacity),
    ),
    warnings=(_pausing, _connections, _no_reader, _short_backups),
    warnings_at_rest=(_paid_at_rest,),
    cost=_cost,
)
