"""What is really running, from AWS.

    roster = read_roster(Target(folder=Path("."), environment="prod"))
    for stack in fleet_status(roster):
        for site in stack.sites:
            print(site.name, site.deployed, site.tasks)

Reads only, in batches: a stack of 100 live sites takes about 130 calls, 100 of them for the health
of its target groups, for which AWS has no batch. Nothing here prints or keeps state, so it may be
called from any thread; from asyncio: `await asyncio.to_thread(fleet_status, roster)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import boto3

from fleet.model import Site
from fleet.names import cluster_name
from operations.account import CONFIG, open_session, told_in_words
from operations.roster import Roster
from operations.running.belonging import Stack
from operations.running.databases import Database, Databases, read_databases
from operations.running.files import FileSystem, read_file_system, read_homes
from operations.running.services import Deployment, Service, cluster_exists, read_services
from operations.running.targets import Targets, read_targets
from operations.running.tasks import ProviderTasks, StoppedTask, read_running, read_stopped
from operations.target import Target

# Calls at a time, of one stack. The ELB API allows a few tens a second in an account.
THREADS = 8

Deployed = Literal["live", "paused", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Tasks of a site's service, as its service counts them and by capacity provider."""

    desired: int
    running: int
    pending: int
    providers: tuple[ProviderTasks, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStatus:
    """One site: `declared` is its state in sites.yaml, None if it isn't there; `deployed` AWS's.

    On AWS a site is `live` with a service, `paused` with files but no service, else `absent`.
    `tasks`, `targets` and `deployment` are None without a service. `stopped`: the last first.
    """

    name: str
    declared: str | None
    deployed: Deployed
    tasks: Tasks | None
    targets: Targets | None
    deployment: Deployment | None
    database: Database | None
    stopped: tuple[StoppedTask, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackStatus:
    """One stack at `time`. Without its cluster it isn't deployed, and all its sites are absent."""

    environment: str
    cell: str | None
    cluster: str
    deployed: bool
    time: datetime
    sites: tuple[SiteStatus, ...]
    file_system: FileSystem | None
    shared_database: Database | None


@dataclass(frozen=True, slots=True)
class _Findings:
    services: dict[str, Service]
    running: dict[str, tuple[ProviderTasks, ...]]
    stopped: dict[str, tuple[StoppedTask, ...]]
    targets: dict[str, Targets]
    databases: Databases
    homes: set[str]


def fleet_status(
    roster: Roster, sites: Iterable[str] = (), *, session: boto3.Session | None = None
) -> tuple[StackStatus, ...]:
    """The stacks of the roster's target, and in them the sites named, or all.

    `session`: the account to ask, by default that of the environment's settings. Raises
    OperationError: unknown names, no or expired credentials, a call that AWS refuses.
    """
    wanted = {roster.site(name).name for name in sites}
    homes = {roster.home(roster.site(name)) for name in wanted}
    stacks = [stack for stack in roster.stacks() if not wanted or stack in homes]
    session = session or open_session(roster.target)
    return tuple(_stack_status(stack, roster, wanted, session) for stack in stacks)


def _stack_status(
    target: Target, roster: Roster, wanted: set[str], session: boto3.Session
) -> StackStatus:
    cluster = cluster_name(target.environment, target.cell)
    declared = {site.name: site for site in roster.sites if site.cell == target.cell}
    stack = Stack(target.environment, target.cell)
    now = datetime.now(UTC)
    with told_in_words(target):
        deployed = cluster_exists(session.client("ecs", config=CONFIG), cluster)
        files = read_file_system(session.client("efs", config=CONFIG), stack) if deployed else None
        found = _find(session, stack, cluster, files, now) if deployed else _NOTHING
    names = declared.keys() | found.services.keys() | found.homes
    return StackStatus(
        environment=target.environment,
        cell=target.cell,
        cluster=cluster,
        deployed=deployed,
        time=now,
        sites=tuple(
            _site_status(name, declared.get(name), found)
            for name in sorted(names)
            if not wanted or name in wanted
        ),
        file_system=files,
        shared_database=found.databases.shared,
    )


_NOTHING = _Findings({}, {}, {}, {}, Databases({}, None), set())


def _find(
    session: boto3.Session, stack: Stack, cluster: str, files: FileSystem | None, now: datetime
) -> _Findings:
    """Asks for everything at once. Clients are made here, before there are threads."""
    ecs, efs = session.client("ecs", config=CONFIG), session.client("efs", config=CONFIG)
    elbv2 = session.client("elbv2", config=CONFIG)
    rds, cloudwatch = (
        session.client("rds", config=CONFIG),
        session.client("cloudwatch", config=CONFIG),
    )
    with ThreadPoolExecutor(THREADS) as pool:
        running = pool.submit(read_running, ecs, cluster)
        stopped = pool.submit(read_stopped, ecs, cluster)
        databases = pool.submit(read_databases, rds, cloudwatch, stack, now)
        homes = pool.submit(read_homes, efs, stack, files.id) if files else None
        services = read_services(ecs, cluster)
        groups = [group for service in services.values() for group in service.target_groups]
        return _Findings(
            services=services,
            targets=read_targets(elbv2, groups, pool),
            running=running.result(),
            stopped=stopped.result(),
            databases=databases.result(),
            homes=homes.result() if homes else set(),
        )


def _site_status(name: str, site: Site | None, found: _Findings) -> SiteStatus:
    service = found.services.get(name)
    own = found.databases.dedicated.get(name)
    shares = site is not None and site.database.placement == "shared"
    home = name in found.homes
    return SiteStatus(
        name=name,
        declared=site.state if site else None,
        deployed="live" if service else "paused" if home else "absent",
        tasks=_tasks(service, found.running.get(name, ())) if service else None,
        targets=_targets(service, found.targets) if service else None,
        deployment=service.deployment if service else None,
        database=own or (found.databases.shared if shares and (service or home) else None),
        stopped=found.stopped.get(name, ()),
    )


def _tasks(service: Service, providers: tuple[ProviderTasks, ...]) -> Tasks:
    return Tasks(
        desired=service.desired,
        running=service.running,
        pending=service.pending,
        providers=providers,
    )


def _targets(service: Service, targets: dict[str, Targets]) -> Targets | None:
    """A site's service has one target group."""
    return next((targets[group] for group in service.target_groups), None)
