"""What a site and a shared base cost in a month, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fleet.plan.prices import Architecture, Assumptions, Region, Service
from fleet.settings.model import Settings
from fleet.site.compute import Capacity
from fleet.site.model import Site
from fleet.site.task_numbers import Tasks, is_autoscaled, task_range

# Application Auto Scaling keeps two alarms for each target tracking policy, high and low.
ALARMS_A_POLICY = 2
CPU_UNITS_A_VCPU = 1024
MIB_A_GB = 1024

NOT_INCLUDED = (
    "data transfer to the internet and between zones",
    "backups and snapshots",
    "Container Insights",
    "the load balancer's access logs",
    "images in ECR",
    "tax and discounts",
)


@dataclass(frozen=True, slots=True)
class Line:
    """Quantities a month at the fewest and at the most tasks, in `unit`; `price` in USD a unit.

    Amounts are rounded to cents, so that a printed estimate adds up.
    """

    item: str
    unit: str
    quantity_min: float
    quantity_max: float
    price: float
    service: Service

    @property
    def amount_min(self) -> float:
        return round(self.quantity_min * self.price, 2)

    @property
    def amount_max(self) -> float:
        return round(self.quantity_max * self.price, 2)


@dataclass(frozen=True)
class Estimate:
    """Lines that cost something, and their sums in USD a month."""

    lines: tuple[Line, ...]

    @cached_property
    def at_min(self) -> float:
        return round(sum(line.amount_min for line in self.lines), 2)

    @cached_property
    def at_max(self) -> float:
        return round(sum(line.amount_max for line in self.lines), 2)


@dataclass(frozen=True, slots=True)
class Rates:
    """What an estimate is made with."""

    region: Region
    assumptions: Assumptions
    architecture: Architecture
    public_tasks: bool
    """Whether each task has a public IPv4 address, as it must without a NAT gateway."""


def estimate_site(site: Site, rates: Rates) -> Estimate:
    """What the site adds to the bill, without the base that it shares.

    At the least its own database idles at `min_acu`, which is asleep all month where that is 0.
    """
    low, high = task_range(site)
    lines = [
        *_compute(site, low, high, rates),
        *_for_tasks(low, high, rates),
        *_files(low, high, rates),
        *_own_database(site, low, high, rates),
        *_secrets_and_alarms(site, rates),
    ]
    return _estimate(lines)


def estimate_base(settings: Settings, sites: Sequence[Site], rates: Rates) -> Estimate:
    """What the shared base of one stack costs while these sites stand on it."""
    ranges = [task_range(site) for site in sites]
    low = sum(fewest.count for fewest, _ in ranges)
    high = sum(most.count for _, most in ranges)
    lines = [
        *_load_balancer(settings, low, high, rates),
        *_nat(settings, low, high, rates),
        *_shared_database(settings, sites, rates),
    ]
    return _estimate(lines)


def on_demand_only(site: Site) -> Site:
    """The same site without Spot, to tell what Spot saves."""
    capacity = Capacity(on_demand_base=0, on_demand_weight=1, spot_weight=0)
    return site.model_copy(update={"capacity": capacity})


def _estimate(lines: Sequence[Line]) -> Estimate:
    return Estimate(tuple(line for line in lines if line.quantity_max or line.quantity_min))


def _compute(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    prices = rates.region.fargate.of(rates.architecture)
    hours = rates.assumptions.hours
    spot = 1 - rates.region.fargate.spot_discount
    parts = (
        ("vCPU", "vCPU-hours", site.size.cpu / CPU_UNITS_A_VCPU, prices.vcpu_hour),
        ("memory", "GB-hours", site.size.memory / MIB_A_GB, prices.gb_hour),
    )
    for name, unit, each, price in parts:
        monthly = each * hours
        on_demand = (low.on_demand * monthly, high.on_demand * monthly)
        yield Line(f"Fargate {name}, on demand", unit, *on_demand, price, "fargate")
        on_spot = (low.spot * monthly, high.spot * monthly)
        yield Line(f"Fargate {name}, Spot", unit, *on_spot, price * spot, "fargate")


def _for_tasks(low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    given, region = rates.assumptions, rates.region
    if rates.public_tasks:
        hours = (low.count * given.hours, high.count * given.hours)
        price = region.vpc.address_hour
        yield Line("Public IPv4 addresses of tasks", "address-hours", *hours, price, "vpc")
    logs = (low.count * given.log_gb, high.count * given.log_gb)
    yield Line("Logs", "GB", *logs, region.cloudwatch.log_gb, "cloudwatch")


def _files(low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    given, prices = rates.assumptions, rates.region.efs
    yield Line("EFS storage", "GB", given.efs_gb, given.efs_gb, prices.storage_gb, "efs")
    for name, each, price in (
        ("EFS reads", given.efs_read_gb, prices.read_gb),
        ("EFS writes", given.efs_write_gb, prices.write_gb),
    ):
        yield Line(name, "GB", low.count * each, high.count * each, price, "efs")


def _own_database(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    given, prices, wanted = rates.assumptions, rates.region.aurora, site.database
    io = (low.count * given.database_million_io, high.count * given.database_million_io)
    yield Line("Aurora I/O", "million requests", *io, prices.million_io, "aurora")
    size = given.database_gb
    yield Line("Aurora storage", "GB", size, size, prices.storage_gb, "aurora")
    if wanted.placement == "shared":
        return
    # Without tasks nobody asks the database for more than its least.
    most = wanted.max_acu if high.count else wanted.min_acu
    yield _acu(wanted.min_acu, most, wanted.readers, rates)


def _acu(least: float, most: float, readers: int, rates: Rates) -> Line:
    hours = rates.assumptions.hours * (1 + readers)
    price = rates.region.aurora.acu_hour
    return Line("Aurora capacity", "ACU-hours", least * hours, most * hours, price, "aurora")


def _secrets_and_alarms(site: Site, rates: Rates) -> Iterator[Line]:
    # The site's own secret, and the one that RDS keeps for the master user of a cluster.
    secrets = 1 + (site.database.placement == "dedicated")
    yield Line("Secrets", "secrets", secrets, secrets, rates.region.secrets.secret, "secrets")
    if site.state == "live" and is_autoscaled(site):
        policies = 1 + (site.scaling.requests is not None)
        alarms = policies * ALARMS_A_POLICY
        price = rates.region.cloudwatch.alarm
        yield Line("Alarms of autoscaling", "alarms", alarms, alarms, price, "cloudwatch")


def _load_balancer(settings: Settings, low: int, high: int, rates: Rates) -> Iterator[Line]:
    hours, prices = rates.assumptions.hours, rates.region.load_balancer
    yield Line("Load balancer", "hours", hours, hours, prices.hour, "load_balancer")
    units = rates.assumptions.lcu * hours
    capacity = (low * units, high * units)
    yield Line("Load balancer capacity", "LCU-hours", *capacity, prices.lcu_hour, "load_balancer")
    addresses = zones(settings) * hours
    price = rates.region.vpc.address_hour
    item = "Public IPv4 addresses of the load balancer"
    yield Line(item, "address-hours", addresses, addresses, price, "vpc")


def _nat(settings: Settings, low: int, high: int, rates: Rates) -> Iterator[Line]:
    """Nothing for a network that exists already: its gateways are on another bill."""
    gateways = nat_gateways(settings)
    if not gateways:
        return
    prices, given = rates.region.vpc, rates.assumptions
    hours = gateways * given.hours
    yield Line("NAT gateways", "hours", hours, hours, prices.nat_hour, "vpc")
    item = "Public IPv4 addresses of NAT gateways"
    yield Line(item, "address-hours", hours, hours, prices.address_hour, "vpc")
    data = (low * given.nat_gb, high * given.nat_gb)
    yield Line("Data through NAT gateways", "GB", *data, prices.nat_gb, "vpc")


def _shared_database(settings: Settings, sites: Sequence[Site], rates: Rates) -> Iterator[Line]:
    shared = settings.shared_database
    if shared is None:
        return
    used = any(site.database.placement == "shared" and site.state == "live" for site in sites)
    most = shared.max_acu if used else shared.min_acu
    yield _acu(shared.min_acu, most, shared.readers, rates)
    yield Line("Secrets", "secrets", 1, 1, rates.region.secrets.secret, "secrets")


def zones(settings: Settings) -> int:
    """Availability zones of the load balancer."""
    network = settings.network
    return network.availability_zones if network.vpc_id is None else len(network.public_subnet_ids)


def nat_gateways(settings: Settings) -> int:
    """NAT gateways that the stack makes."""
    network = settings.network
    if network.vpc_id is not None or network.nat_gateways == "none":
        return 0
    return 1 if network.nat_gateways == "single" else network.availability_zones


def public_tasks(settings: Settings) -> bool:
    """Whether tasks run in public subnets, each with an address of its own."""
    network = settings.network
    if network.vpc_id is not None:
        return not network.private_subnet_ids
    return network.nat_gateways == "none"
