"""What is really running, from AWS.

    declared = read_declared(Target(folder=Path("."), environment="prod"))
    for stack in fleet_status(declared):
        for site in stack.sites:
            print(site.name, site.deployed, site.tasks)

Reads only, in batches: a stack of 100 live sites takes about 130 calls, 100 of them for the health
of its target groups, for which AWS has no batch; two more for each site with a nightly backup.
Nothing here prints or keeps state, so it may be called from any thread; from asyncio:
`await asyncio.to_thread(fleet_status, declared)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import boto3

from fleet.names import cluster_name
from fleet.operations import simulation
from fleet.operations.data.late import NO_NIGHTS, Nights, nights
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.live.belonging import Owner, Stack
from fleet.operations.live.certificates import HostStatus, certificates_client, host_states
from fleet.operations.live.databases import Database
from fleet.operations.live.defence import Defence, defence_calls, defences
from fleet.operations.live.files import FileSystem
from fleet.operations.live.mail_account import MailAccount, mail_account
from fleet.operations.live.services import Deployment, Service, Shortage, cluster_exists
from fleet.operations.live.survey import Cluster, Region, survey_cluster, survey_region
from fleet.operations.live.targets import Targets
from fleet.operations.live.tasks import ProviderTasks, StoppedTask
from fleet.operations.live.temporary import TemporaryCluster, temporary_clusters
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.settings.mail import sends_by_ses
from fleet.settings.model import Settings
from fleet.site.model import Site

# Stacks looked at side by side, and calls at a time. Retries slow all down when AWS throttles.
STACKS = 4
CALLS = 8

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
    `tasks`, `targets`, `deployment` and `shortage` are None without a service. `stopped`: the
    last first.
    """

    name: str
    declared: str | None
    deployed: Deployed
    tasks: Tasks | None
    targets: Targets | None
    deployment: Deployment | None
    shortage: Shortage | None
    database: Database | None
    stopped: tuple[StoppedTask, ...]
    hosts: tuple[HostStatus, ...] = ()
    """Those of the file, with their certificates; none where the site isn't in it."""


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
    mail: MailAccount | None = None
    """What SES lets the account send, where the stack sends by it."""
    temporary: tuple[TemporaryCluster, ...] = ()
    """What restores to the second have at work, or left behind."""
    defended: tuple[Defence, ...] = ()
    """Challenges of `fleet defend`, where there is a firewall."""
    nights: Nights = NO_NIGHTS
    """Backups by the clock that didn't come."""
    troubles: tuple[str, ...] = ()
    """What is wrong with this machine's containers, in the environment `local`."""


def fleet_status(
    declared: Declared, sites: Iterable[str] = (), *, session: boto3.Session | None = None
) -> tuple[StackStatus, ...]:
    """The stacks of the declared's target, and in them the sites named, or all.

    `session`: the account to ask, by default that of the environment's settings. Raises
    OperationError: unknown names, no or expired credentials, a call that AWS refuses.
    """
    wanted = {declared.site(name).name for name in sites}
    homes = {name: declared.home(declared.site(name)) for name in sorted(wanted)}
    stacks = [stack for stack in declared.stacks() if not wanted or stack in homes.values()]
    for name, home in homes.items():
        if home not in stacks:
            raise OperationError(f"{name} lives in {home.stack}, not in {declared.target.stack}")
    session = session or open_session(declared.target)
    with (
        told_in_words(declared.target),
        ThreadPoolExecutor(STACKS) as stack_pool,
        ThreadPoolExecutor(CALLS) as call_pool,
    ):
        acm = certificates_client(session, declared.settings)
        region = survey_region(session, acm, {_stack(target) for target in stacks})
        mail, settings = _mail(session, declared), declared.settings
        watched = settings.waf is not None and not declared.target.simulated
        firewall = defence_calls(session, settings) if watched else None

        def look(target: Target) -> StackStatus:
            found = _stack_status(region, target, declared, wanted, call_pool)
            if not found.deployed:
                return found
            defended = defences(firewall, target) if firewall else ()
            found_nights = nights(declared, target, wanted, session, region.time, call_pool)
            lines = simulation.troubles(target.folder) if target.simulated else ()
            return replace(found, mail=mail, defended=defended, nights=found_nights, troubles=lines)

        return tuple(stack_pool.map(look, stacks))


def _mail(session: boto3.Session, declared: Declared) -> MailAccount | None:
    if not sends_by_ses(declared.settings):
        return None
    client: Any = session.client
    return mail_account(client("sesv2", config=CONFIG))


def _stack(target: Target) -> Stack:
    return Stack(target.environment, target.cell)


def _stack_status(
    region: Region, target: Target, declared: Declared, wanted: set[str], pool: Executor
) -> StackStatus:
    stack, cluster = _stack(target), cluster_name(target.environment, target.cell)
    sites = {site.name: site for site in declared.sites if site.cell == target.cell}
    deployed = cluster_exists(region.ecs, cluster)
    files = region.file_systems.get(stack) if deployed else None
    found = survey_cluster(region, cluster, files, pool) if deployed else Cluster()
    names = sites.keys() | found.services.keys() | found.homes
    return StackStatus(
        environment=target.environment,
        cell=target.cell,
        cluster=cluster,
        deployed=deployed,
        time=region.time,
        sites=tuple(
            _site_status(Owner(stack, name), sites.get(name), found, region, declared.settings)
            for name in sorted(names)
            if not wanted or name in wanted
        ),
        file_system=files,
        shared_database=region.databases.get(Owner(stack, None)) if deployed else None,
        temporary=temporary_clusters(region.clusters, target),
    )


def _site_status(
    owner: Owner, site: Site | None, found: Cluster, region: Region, settings: Settings
) -> SiteStatus:
    name = owner.site or ""
    service, home = found.services.get(name), name in found.homes
    database = region.databases.get(owner)
    if site and site.database.placement == "shared" and (service or home):
        database = region.databases.get(Owner(owner.stack, None))
    return SiteStatus(
        name=name,
        declared=site.state if site else None,
        deployed="live" if service else "paused" if home else "absent",
        tasks=_tasks(service, found.running.get(name, ())) if service else None,
        targets=_targets(service, found.targets) if service else None,
        deployment=service.deployment if service else None,
        shortage=service.shortage if service else None,
        database=database,
        stopped=found.stopped.get(name, ()),
        hosts=host_states(site, settings, region.certificates, region.time) if site else (),
    )


def _tasks(service: Service, providers: tuple[ProviderTasks, ...]) -> Tasks:
    return Tasks(
        desired=service.desired,
        running=service.running,
        pending=service.pending,
        providers=providers,
    )


def _targets(service: Service, targets: Mapping[str, Targets]) -> Targets | None:
    """A site's service has one target group."""
    return next((targets[group] for group in service.target_groups), None)
