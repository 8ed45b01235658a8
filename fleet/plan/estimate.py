"""What a site and a shared base cost in a month, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fleet.plan.lines import Line, Rates
from fleet.plan.vault import vault_lines
from fleet.settings.alarms import metric_alarms
from fleet.settings.edge import at_edge
from fleet.settings.model import Settings
from fleet.settings.waf import address_lists
from fleet.settings.waf_rules import web_acl_rules
from fleet.site.backup import any_backed_up, any_drilled
from fleet.site.capacity import Capacity
from fleet.site.database import capacity_line
from fleet.site.groups import GROUPS
from fleet.site.model import Site
from fleet.site.task_numbers import task_range

NOT_INCLUDED = (
    "data transfer to the internet and between zones",
    "backups and snapshots",
    "Container Insights",
    "the load balancer's access logs",
    "images in ECR",
    "tax and discounts",
)


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


def estimate_site(site: Site, rates: Rates) -> Estimate:
    """What the site adds to the bill, without the base that it shares.

    At the least its own database idles at `min_acu`, which is asleep all month where that is 0.
    """
    low, high = task_range(site)
    return _estimate([line for group in GROUPS for line in group.cost(site, low, high, rates)])


def estimate_base(settings: Settings, sites: Sequence[Site], rates: Rates) -> Estimate:
    """What the shared base of one stack costs while these sites stand on it."""
    ranges = [task_range(site) for site in sites]
    low = sum(fewest.count for fewest, _ in ranges)
    high = sum(most.count for _, most in ranges)
    lines = [
        *_load_balancer(settings, low, high, rates),
        *_nat(settings, low, high, rates),
        *_endpoints(settings, rates),
        *_flow_logs(settings, rates),
        *_waf(settings, low, high, rates),
        *_alarms(settings, sites, rates),
        *_shared_database(settings, sites, rates),
        *_archives(sites, rates),
        *vault_lines(settings, sites, high, rates),
    ]
    return _estimate(lines)


def on_demand_only(site: Site) -> Site:
    """The same site without Spot, to tell what Spot saves."""
    capacity = Capacity(on_demand_base=0, on_demand_weight=1, spot_weight=0)
    return site.model_copy(update={"capacity": capacity})


def _estimate(lines: Sequence[Line]) -> Estimate:
    return Estimate(tuple(line for line in lines if line.quantity_max or line.quantity_min))


def _load_balancer(settings: Settings, low: int, high: int, rates: Rates) -> Iterator[Line]:
    hours, prices = rates.assumptions.hours, rates.region.load_balancer
    yield Line("Load balancer", "hours", hours, hours, prices.hour, "load_balancer")
    units = rates.assumptions.lcu * hours
    capacity = (low * units, high * units)
    yield Line("Load balancer capacity", "LCU-hours", *capacity, prices.lcu_hour, "load_balancer")
    zones = 0 if at_edge(settings) else settings.network.load_balancer_zones
    addresses = zones * hours
    price = rates.region.vpc.address_hour
    item = "Public IPv4 addresses of the load balancer"
    yield Line(item, "address-hours", addresses, addresses, price, "vpc")


def _nat(settings: Settings, low: int, high: int, rates: Rates) -> Iterator[Line]:
    """Nothing for a network that exists already: its gateways are on another bill."""
    gateways = settings.new_gateways
    if not gateways:
        return
    prices, given = rates.region.vpc, rates.assumptions
    hours = gateways * given.hours
    yield Line("NAT gateways", "hours", hours, hours, prices.nat_hour, "vpc")
    item = "Public IPv4 addresses of NAT gateways"
    yield Line(item, "address-hours", hours, hours, prices.address_hour, "vpc")
    data = (low * given.nat_gb, high * given.nat_gb)
    yield Line("Data through NAT gateways", "GB", *data, prices.nat_gb, "vpc")


def _endpoints(settings: Settings, rates: Rates) -> Iterator[Line]:
    network = settings.network
    hours = network.endpoints * network.data_zones * rates.assumptions.hours
    price = rates.region.privatelink.endpoint_hour
    yield Line("Interface endpoints", "hours", hours, hours, price, "privatelink")


def _flow_logs(settings: Settings, rates: Rates) -> Iterator[Line]:
    if settings.network.flow_logs:
        size, price = rates.assumptions.rejected_gb, rates.region.cloudwatch.log_gb
        yield Line("Logs of rejected packets", "GB", size, size, price, "cloudwatch")


def _waf(settings: Settings, low: int, high: int, rates: Rates) -> Iterator[Line]:
    if settings.waf is None:
        return
    prices, million = rates.region.waf, rates.assumptions.waf_million
    lists = dict.fromkeys(address_lists(settings.waf), "")
    rules = len(web_acl_rules(settings.waf, (), lists))
    yield Line("Web ACL", "ACLs", 1, 1, prices.web_acl, "waf")
    yield Line("Rules of the web ACL", "rules", rules, rules, prices.rule, "waf")
    item = "Requests that the web ACL judges"
    yield Line(item, "millions", low * million, high * million, prices.million_requests, "waf")


def _alarms(settings: Settings, sites: Sequence[Site], rates: Rates) -> Iterator[Line]:
    backed_up, drilled = any_backed_up(sites), any_drilled(sites)
    prices = rates.region.cloudwatch
    count = metric_alarms(settings, backed_up=backed_up, drilled=drilled)
    yield Line("Alarms", "alarms", count, count, prices.alarm, "cloudwatch")
    metrics = backed_up + drilled
    yield Line("Metrics of backups", "metrics", metrics, metrics, prices.metric, "cloudwatch")


def _shared_database(settings: Settings, sites: Sequence[Site], rates: Rates) -> Iterator[Line]:
    shared = settings.shared_database
    if shared is None:
        return
    used = any(site.database.placement == "shared" and site.state == "live" for site in sites)
    most = shared.max_acu if used else shared.min_acu
    yield capacity_line(shared.min_acu, most, shared.readers, rates)
    yield Line("Secrets", "secrets", 1, 1, rates.region.secrets.secret, "secrets")


def _archives(sites: Sequence[Site], rates: Rates) -> Iterator[Line]:
    """At the most a whole site each is kept; at the least nobody moves any."""
    size = len(sites) * rates.assumptions.archive_gb
    price = rates.region.s3.storage_gb
    yield Line("Archives of sites in S3", "GB", 0, size, price, "s3")
