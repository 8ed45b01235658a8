"""What a fleet will be and cost in one environment, told without touching AWS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fleet.names import NO_CELL
from fleet.plan.cells import Advice, Cell, Usage, advise, cells_of, region_usages
from fleet.plan.cron_ways import CronWay, cron_ways
from fleet.plan.estimate import Estimate, estimate_base, estimate_site, on_demand_only
from fleet.plan.lines import Rates
from fleet.plan.prices import Architecture, PriceList
from fleet.plan.warnings import PlanWarning, plan_warnings
from fleet.settings.edge import at_edge
from fleet.settings.mail import sends_by_ses
from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.site.task_numbers import Tasks, task_range
from fleet.sites_file.load import Fleet

ARCHITECTURES: tuple[Architecture, ...] = ("arm64", "x86_64")


@dataclass(frozen=True, slots=True)
class Money:
    """USD a month at the fewest and at the most tasks."""

    at_min: float
    at_max: float

    @classmethod
    def total(cls, estimates: Iterable[Estimate | Money]) -> Money:
        """The sum, in cents."""
        amounts = [(each.at_min, each.at_max) for each in estimates]
        at_min, at_max = (sum(bound) for bound in zip(*amounts, strict=True)) if amounts else (0, 0)
        return cls(round(at_min, 2), round(at_max, 2))

    def minus(self, other: Money) -> Money:
        """What is left of this after the other."""
        return Money(round(self.at_min - other.at_min, 2), round(self.at_max - other.at_max, 2))


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A site, its tasks at the least and at the most, what it adds to the bill, and cron's part."""

    site: Site
    fewest: Tasks
    most: Tasks
    estimate: Estimate
    cron: tuple[CronWay, ...]


@dataclass(frozen=True, slots=True)
class CellPlan:
    """A cell, its shared base, and what it costs with all its sites."""

    cell: Cell
    base: Estimate
    cost: Money


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the same fleet costs in a region on an architecture."""

    region: str
    architecture: Architecture
    cost: Money


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that `fleet plan` says."""

    environment: str
    region: str
    architecture: Architecture
    prices: PriceList
    sites: tuple[SitePlan, ...]
    cells: tuple[CellPlan, ...]
    region_usages: tuple[Usage, ...]
    """What all cells together take of the region's quotas."""
    advice: Advice
    cost: Money
    saved_by_spot: Money
    """What the same tasks, all on demand, would cost more."""
    elsewhere: tuple[Elsewhere, ...]
    warnings: tuple[PlanWarning, ...]


def plan_fleet(
    fleet: Fleet, settings: Settings, region: str, prices: PriceList, cell: str | None = None
) -> Plan:
    """The plan of the environment's cells, or of one, "-" being that of the sites without a cell.

    `region` is one that the price list has.

    Quotas of the region and the advice are always about all cells.
    """
    rates = _rates(settings, prices, region, settings.architecture)
    every_cell = cells_of(fleet, settings)
    cells = [each for each in every_cell if cell in (None, each.name or NO_CELL)]
    sites = [site for site in fleet.sites if cell in (None, site.cell or NO_CELL)]
    estimates = {site.name: estimate_site(site, rates) for site in sites}
    cell_plans = tuple(_cell_plan(cell, settings, rates, estimates) for cell in cells)
    cost = Money.total(each.cost for each in cell_plans)
    return Plan(
        environment=settings.environment,
        region=region,
        architecture=settings.architecture,
        prices=prices,
        sites=tuple(
            SitePlan(
                site, *task_range(site), estimates[site.name], cron_ways(site, settings, rates)
            )
            for site in sites
        ),
        cells=cell_plans,
        region_usages=region_usages(every_cell, settings),
        advice=advise(every_cell),
        cost=cost,
        saved_by_spot=_saved_by_spot(sites, rates, estimates),
        elsewhere=_elsewhere(cells, settings, prices),
        warnings=plan_warnings(sites, settings),
    )


def _rates(settings: Settings, prices: PriceList, region: str, architecture: Architecture) -> Rates:
    return Rates(
        prices.regions[region],
        prices.assumptions,
        architecture,
        settings.network.public_tasks,
        sends_by_ses(settings),
        at_edge(settings),
    )


def _cell_plan(
    cell: Cell, settings: Settings, rates: Rates, estimates: Mapping[str, Estimate]
) -> CellPlan:
    base = estimate_base(settings, cell.sites, rates)
    cost = Money.total([base, *(estimates[site.name] for site in cell.sites)])
    return CellPlan(cell, base, cost)


def _saved_by_spot(sites: Iterable[Site], rates: Rates, estimates: Mapping[str, Estimate]) -> Money:
    without = Money.total(estimate_site(on_demand_only(site), rates) for site in sites)
    return without.minus(Money.total(estimates.values()))


def _elsewhere(
    cells: Sequence[Cell], settings: Settings, prices: PriceList
) -> tuple[Elsewhere, ...]:
    found: list[Elsewhere] = []
    for region in sorted(prices.regions):
        for architecture in ARCHITECTURES:
            rates = _rates(settings, prices, region, architecture)
            estimates = [estimate_site(site, rates) for cell in cells for site in cell.sites]
            estimates += [estimate_base(settings, cell.sites, rates) for cell in cells]
            found.append(Elsewhere(region, architecture, Money.total(estimates)))
    return tuple(found)
