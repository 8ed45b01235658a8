"""Settings that are allowed and may not do what their author expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.site.task_numbers import php_workers, task_range

Path = tuple[str, ...]

HEALTH_PATH = "/healthz"
# Aurora resumes in about 15 s, and in 30 s and more after a day asleep ("Scaling to Zero ACUs").
RESUME_SECONDS = 15
LONG_RESUME_SECONDS = 30
# Fewest tasks from which on a site is one that should outlast the loss of a database instance.
TASKS_THAT_WANT_A_READER = 4
# A week of backups outlasts a long weekend; this does not.
SHORT_BACKUP_DAYS = 2
# From here on the running tasks are saturated while another one starts.
HIGH_CPU_TARGET = 90

# Most ACU -> max_connections of Aurora MySQL. "Maximum connections for Aurora Serverless v2".
CONNECTIONS = (
    *((1, 90), (4, 135), (8, 1_000), (16, 2_000), (32, 3_000), (64, 4_000)),
    *((128, 5_000), (192, 6_000)),
)
# With a minimum of 0 or 0.5 ACU, whatever the most is.
MOST_CONNECTIONS_OF_SMALL = 2_000


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """`site` is None for a setting of the environment; `path` leads to the field to blame."""

    site: str | None
    path: Path
    message: str


def plan_warnings(sites: Sequence[Site], settings: Settings) -> tuple[PlanWarning, ...]:
    """What to think about before an `up`, the environment's own first, then by site."""
    found = [*_environment(settings), *_shared_pause(settings)]
    found += _shared_connections(sites, settings)
    for site in sites:
        for rule in RULES if site.state == "live" else RULES_AT_REST:
            found += [PlanWarning(site.name, path, message) for path, message in rule(site)]
    return tuple(found)


def max_connections(min_acu: float, max_acu: float) -> int:
    """Connections that Aurora MySQL takes; between two steps of the table, the lower one."""
    count = max(count for acu, count in CONNECTIONS if acu <= max_acu)
    return min(count, MOST_CONNECTIONS_OF_SMALL) if min_acu <= 0.5 else count


def _environment(settings: Settings) -> Iterator[PlanWarning]:
    if settings.certificate_arn is None:
        text = "without a certificate passwords cross the internet in clear text"
        yield PlanWarning(None, ("allowHttp",), text)
    if not settings.protect_data:
        text = "databases, files and secrets are not protected: destroy deletes them"
        yield PlanWarning(None, ("protectData",), text)


def _shared_pause(settings: Settings) -> Iterator[PlanWarning]:
    shared = settings.shared_database
    if shared is not None and shared.min_acu == 0:
        text = f"the shared database pauses: the first visitor then waits {RESUME_SECONDS} s"
        yield PlanWarning(None, ("sharedDatabase",), text)


def _shared_connections(sites: Sequence[Site], settings: Settings) -> Iterator[PlanWarning]:
    """A shared cluster for each cell: its sites' workers together against its connections."""
    shared = settings.shared_database
    if shared is None:
        return
    allowed = max_connections(shared.min_acu, shared.max_acu)
    wanted: dict[str | None, int] = {}
    for site in sites:
        if site.database.placement == "shared":
            wanted[site.cell] = wanted.get(site.cell, 0) + _workers_at_most(site)
    for cell, workers in wanted.items():
        if workers > allowed:
            where = f" in cell {cell}" if cell else ""
            text = (
                f"sites{where} may open {workers:,} connections to the shared database, which "
                f"takes {allowed:,} with maxAcu {shared.max_acu:g}"
            )
            yield PlanWarning(None, ("sharedDatabase",), text)


Found = Iterator[tuple[Path, str]]


def _spot_only(site: Site) -> Found:
    fewest, _ = task_range(site)
    if fewest.count and fewest.on_demand == 0:
        tasks = "its one task runs" if fewest.count == 1 else f"all {fewest.count} tasks run"
        yield (
            ("capacity", "on_demand_base"),
            f"{tasks} on Spot only: AWS takes Spot tasks away with two minutes' notice, and may "
            "have no others; on_demand_base: 1 keeps the site up",
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
    wanted = _workers_at_most(site)
    if wanted > allowed:
        _, most = task_range(site)
        yield (
            ("database", "max_acu"),
            f"{most.count} tasks of {php_workers(site.size)} PHP workers may open {wanted:,} "
            f"connections; {database.max_acu:g} ACU take {allowed:,}",
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


def _moving_image(site: Site) -> Found:
    image = site.image or ""
    if image.endswith(":latest") and "@" not in image:
        yield (
            ("image",),
            "`latest` may be another image each time a task starts; a digest or version stays",
        )


def _paid_at_rest(site: Site) -> Found:
    database = site.database
    if database.placement == "dedicated" and database.min_acu > 0:
        yield (
            ("database", "min_acu"),
            f"{site.state}, and its database still costs {database.min_acu:g} ACU; min_acu: 0 lets "
            "it sleep",
        )


def _workers_at_most(site: Site) -> int:
    _, most = task_range(site)
    return most.count * php_workers(site.size)


RULES: tuple[Callable[[Site], Found], ...] = (
    _spot_only,
    _one_task,
    _no_task_by_clock,
    _high_cpu_target,
    _pausing,
    _connections,
    _no_reader,
    _short_backups,
    _moving_image,
)
RULES_AT_REST: tuple[Callable[[Site], Found], ...] = (_paid_at_rest,)
