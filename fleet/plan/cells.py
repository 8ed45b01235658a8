"""The cells of an environment: which sites live in which stack, and how full each one is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from fleet import quotas
from fleet.names import in_order, stack_label
from fleet.plan.job_warnings import busiest_minute
from fleet.plan.resources import (
    RESOURCES_A_STACK,
    base_resources,
    instances,
    plain_site_resources,
    site_resources,
)
from fleet.settings.certificates import (
    further_certificates,
    makes_certificates,
    makes_listener_certificate,
)
from fleet.settings.edge import at_edge
from fleet.settings.model import Settings
from fleet.settings.waf import address_lists
from fleet.settings.zones import zone_of
from fleet.site.backup import any_backed_up, any_drilled
from fleet.site.cdn import has_own_function
from fleet.site.certificate import (
    listener_certificates,
    own_certificates,
    owners_certificates,
    validated_names,
)
from fleet.site.cron import runs_a_month
from fleet.site.dns import record_types, zoned_hosts
from fleet.site.model import Site
from fleet.site.placement import place_rules
from fleet.site.scheduled import Scheduled, scheduled
from fleet.site.task_numbers import task_range
from fleet.sites_file.load import Fleet

CPU_UNITS_A_VCPU = 1024
SECONDS_AN_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a quota is used. `limit` is what an account has unless AWS raised it."""

    what: str
    used: float
    limit: int
    fixed: bool = False
    """Whether AWS never raises it."""

    @property
    def over(self) -> bool:
        return self.used > self.limit


@dataclass(frozen=True, slots=True)
class Cell:
    """One stack of the environment. `name` is None for the sites without a cell."""

    name: str | None
    stack: str
    sites: tuple[Site, ...]
    usages: tuple[Usage, ...]
    """What the cell has for itself: resources, target groups, rules, services."""
    a_plain_site: tuple[int, ...]
    """What one more plain site takes of each of them."""
    clusters: int
    """Aurora clusters, of which the region has a quota for all cells together."""

    @property
    def fill(self) -> float:
        """The share of the tightest quota that is used; above 1 when the cell is too full."""
        return max(usage.used / usage.limit for usage in self.usages)

    def takes_another(self) -> bool:
        """Whether one more plain site fits."""
        return all(
            usage.used + need <= usage.limit
            for usage, need in zip(self.usages, self.a_plain_site, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Advice:
    """Where a new site should go. `cell` is None for the stack without a cell."""

    cell: str | None
    is_new: bool
    reason: str


def cells_of(fleet: Fleet, settings: Settings) -> tuple[Cell, ...]:
    """The cells that sites live in, as people count them; the one without a name first."""
    names = sorted({site.cell for site in fleet.sites}, key=in_order)
    return tuple(_cell(name, fleet.in_cell(name), settings) for name in names)


def region_usages(cells: Sequence[Cell], settings: Settings) -> tuple[Usage, ...]:
    """What all cells together take of the account's quotas in the region."""
    sites = [site for cell in cells for site in cell.sites]
    shared = settings.shared_database
    shared_instances = len(cells) * (1 + shared.readers) if shared else 0
    own_networks = 0 if settings.network.vpc_id else len(cells)
    on_demand, spot = _vcpus(sites)
    timed = [scheduled(site) for site in sites]
    return (
        Usage("Aurora clusters", sum(c.clusters for c in cells), quotas.CLUSTERS_A_REGION),
        Usage(
            "Aurora instances",
            sum(instances(site) for site in sites) + shared_instances,
            quotas.INSTANCES_A_REGION,
        ),
        Usage("Fargate vCPUs on demand, at most", on_demand, quotas.FARGATE_VCPUS),
        Usage("Fargate vCPUs on Spot, at most", spot, quotas.FARGATE_VCPUS),
        Usage("Load balancers", len(cells), quotas.LOAD_BALANCERS_A_REGION),
        Usage("Target groups", len(sites), quotas.TARGET_GROUPS_A_REGION),
        Usage("VPCs", own_networks, quotas.VPCS_A_REGION),
        Usage(
            "Elastic addresses",
            len(cells) * settings.new_gateways,
            quotas.ELASTIC_ADDRESSES_A_REGION,
        ),
        Usage("IAM roles", _roles(len(cells), timed, settings), quotas.ROLES_AN_ACCOUNT),
        *(_by_the_clock(sites, sum(map(len, timed))) if any(timed) else ()),
        *_certificates(len(cells), sites, settings),
        *_records(sites, settings),
        *_firewalls(cells, settings),
        *(_at_edge(cells, sites) if at_edge(settings) else ()),
    )


def _roles(cells: int, timed: Sequence[Sequence[Scheduled]], settings: Settings) -> int:
    """Two of each site, one that starts what comes by the clock, one of its backup; of a cell those
    of its flow log, its challenges and its vault."""
    of_sites = sum(2 + bool(tasks) + any(task.backup for task in tasks) for tasks in timed)
    flow_logs = settings.network.vpc_id is None and settings.network.flow_logs
    of_a_cell = flow_logs + (settings.waf is not None) + (settings.vault is not None)
    return of_sites + cells * of_a_cell


def _by_the_clock(sites: Sequence[Site], schedules: int) -> Iterator[Usage]:
    """Rates are counted from when each schedule was made, so cron's starts are spread."""
    cron = ceil(sum(runs_a_month(site, 1) for site in sites) / SECONDS_AN_HOUR)
    starts = busiest_minute(sites)[1] + cron
    yield Usage("Schedules", schedules, quotas.SCHEDULES_A_REGION)
    yield Usage("Starts at one moment", starts, quotas.FARGATE_STARTS_A_SECOND)


def _certificates(cells: int, sites: Sequence[Site], settings: Settings) -> Iterator[Usage]:
    """The sites' and each listener's own; at the edge the sites' count in us-east-1."""
    if makes_listener_certificate(settings):
        made = sum(
            len(own_certificates(site, settings)) + len(owners_certificates(site, settings))
            for site in sites
        )
        yield Usage("Certificates of ACM", cells + made, quotas.CERTIFICATES_A_REGION)


def _records(sites: Sequence[Site], settings: Settings) -> Iterator[Usage]:
    """Those of the fullest zone; the few that aren't a site's don't matter beside its limit."""
    zones: Counter[str | None] = Counter()
    for site in sites:
        for zone in zoned_hosts(site, settings).values():
            zones[zone] += len(record_types(settings))
        for hosts in own_certificates(site, settings):
            zones.update(zone_of(name, settings.zones) for name in validated_names(hosts))
    for zone, records in zones.most_common(1):
        yield Usage(f"Records of {zone}", records, quotas.RECORDS_A_ZONE)


def _firewalls(cells: Sequence[Cell], settings: Settings) -> Iterator[Usage]:
    if settings.waf is None:
        return
    lists = len(address_lists(settings.waf))
    yield Usage("Web ACLs", len(cells), quotas.WEB_ACLS_A_REGION)
    if at_edge(settings):
        most = max((len(cell.sites) for cell in cells), default=0)
        yield Usage("Distributions of one web ACL", most, quotas.DISTRIBUTIONS_A_WEB_ACL)
    yield Usage("Lists of addresses", len(cells) * lists, quotas.IP_SETS_A_REGION)
    yield Usage("Groups of firewall rules", len(cells), quotas.RULE_GROUPS_A_REGION)
    yield Usage("State machines", len(cells), quotas.STATE_MACHINES_A_REGION)


def _at_edge(cells: Sequence[Cell], sites: Sequence[Site]) -> Iterator[Usage]:
    """What they take of CloudFront's quotas."""
    functions = len(cells) + sum(has_own_function(site) for site in sites)
    yield Usage("Distributions", len(sites), quotas.DISTRIBUTIONS_AN_ACCOUNT)
    yield Usage("VPC origins", len(cells), quotas.VPC_ORIGINS_AN_ACCOUNT)
    yield Usage("Functions of the edge", functions, quotas.FUNCTIONS_AN_ACCOUNT)
    yield Usage("Response headers policies", 2 * len(cells), quotas.RESPONSE_POLICIES_AN_ACCOUNT)


def advise(cells: Sequence[Cell]) -> Advice:
    """The cell that a new site should go to: the emptiest that takes it, else a new one."""
    open_cells = [cell for cell in cells if cell.takes_another()]
    if open_cells:
        best = min(open_cells, key=lambda cell: (cell.fill, cell.name or ""))
        return Advice(best.name, False, f"{best.stack} has the most room: {best.fill:.0%} used")
    if not cells:
        return Advice(None, True, "there is no cell yet")
    return Advice(_new_name(cells), True, "every cell is full")


def _cell(name: str | None, sites: tuple[Site, ...], settings: Settings) -> Cell:
    rules = {site: len(placed) for site, placed in place_rules(sites).items()}
    by_clock = {"backed_up": any_backed_up(sites), "drilled": any_drilled(sites)}
    resources = base_resources(settings, **by_clock) + sum(
        site_resources(site, rules[site.name], settings) for site in sites
    )
    certificates = len(further_certificates(settings))
    certificates += sum(listener_certificates(site, settings) for site in sites)
    live = sum(site.state == "live" for site in sites)
    dedicated = sum(site.database.placement == "dedicated" for site in sites)
    usages = (
        Usage("Resources", resources, RESOURCES_A_STACK),
        Usage("Target groups", len(sites), quotas.TARGET_GROUPS_A_LOAD_BALANCER, fixed=True),
        Usage("Rules", sum(rules.values()), quotas.RULES_A_LOAD_BALANCER),
        Usage("Services", live, quotas.SERVICES_A_CLUSTER, fixed=True),
        Usage("Certificates", certificates, quotas.CERTIFICATES_A_LOAD_BALANCER),
        *([_behind_one_origin(len(sites))] if at_edge(settings) else []),
        *([_selected(1 + dedicated)] if settings.vault else []),
    )
    clusters = dedicated + (settings.shared_database is not None)
    edge = at_edge(settings)
    own = makes_certificates(settings) and settings.domain_suffix is None and not edge
    further = [1] * (edge + (settings.vault is not None))
    another = (plain_site_resources(), 1, 1, 1, int(own), *further)
    return Cell(name, stack_label(settings.environment, name), sites, usages, another, clusters)


def _behind_one_origin(sites: int) -> Usage:
    return Usage("Distributions", sites, quotas.DISTRIBUTIONS_A_VPC_ORIGIN, fixed=True)


def _selected(selections: int) -> Usage:
    """The base's, and one a cluster of a site's own."""
    limit = quotas.SELECTIONS_A_BACKUP_PLAN
    return Usage("Selections of the vault's plan", selections, limit, fixed=True)


def _vcpus(sites: Sequence[Site]) -> tuple[float, float]:
    """vCPUs on demand and on Spot when every site runs its most tasks."""
    on_demand = spot = 0.0
    for site in sites:
        _, most = task_range(site)
        vcpus = site.size.cpu / CPU_UNITS_A_VCPU
        on_demand += most.on_demand * vcpus
        spot += most.spot * vcpus
    return on_demand, spot


def _new_name(cells: Sequence[Cell]) -> str:
    taken = {cell.name for cell in cells}
    number = len(cells) + 1
    while f"cell-{number}" in taken:
        number += 1
    return f"cell-{number}"
