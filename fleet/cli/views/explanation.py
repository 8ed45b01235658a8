"""Every line of a site's estimate."""

from __future__ import annotations

from rich.table import Table

from fleet.cli.money import usd
from fleet.cli.screen import OUT
from fleet.cli.table import number, table, text
from fleet.plan.estimate import Estimate
from fleet.plan.plan import Plan, SitePlan
from fleet.plan.prices import Service

_PRICE_DIGITS = 6


def print_estimate(plan: Plan, name: str) -> None:
    """The site's lines, then those of the base that its cell shares, each with its sum."""
    (site,) = (each for each in plan.sites if each.site.name == name)
    (cell,) = (each for each in plan.cells if each.cell.name == site.site.cell)
    where = f"{plan.region}, {plan.architecture}"
    tasks = f"{site.fewest.count} to {site.most.count} tasks"
    OUT.print(f"[bold]{name}[/] in {plan.environment} ({where}), {tasks}; USD a month")
    OUT.print(_table(site.estimate, plan))
    OUT.print()
    if site.cron:
        OUT.print("[bold]WordPress's events[/], either way; USD a month")
        OUT.print(_cron_table(site))
        OUT.print()
    count = len(cell.cell.sites)
    shared_by = "this site alone" if count == 1 else f"{count} sites"
    OUT.print(f"[bold]Shared base[/] of {cell.cell.stack}, for {shared_by}; USD a month")
    OUT.print(_table(cell.base, plan))
    OUT.print()
    print_sources(plan, site.estimate, cell.base)


def print_sources(plan: Plan, *estimates: Estimate) -> None:
    """Where the prices of these estimates were read."""
    OUT.print(f"Prices of {plan.prices.date}, from", style="dim")
    services: dict[Service, None] = {
        line.service: None for estimate in estimates for line in estimate.lines
    }
    for service in services:
        OUT.print(f"  {plan.prices.sources.of(service)}", style="dim", soft_wrap=True)


def _table(estimate: Estimate, plan: Plan) -> Table:
    headings = ("At least", "At most", "Price", "= least", "= most")
    shown = table(text("Item"), *map(number, headings), narrow=True)
    for line in estimate.lines:
        shown.add_row(
            f"{line.item} ({line.unit})",
            _quantity(line.quantity_min),
            _quantity(line.quantity_max),
            _price(line.price),
            usd(line.amount_min),
            usd(line.amount_max),
        )
    sums = (usd(estimate.at_min), usd(estimate.at_max))
    shown.add_row("Sum", "", "", "", *sums, style="bold")
    return shown


def _cron_table(site: SitePlan) -> Table:
    """Where they can run, this site's way marked; ACU-hours are those that cron keeps awake."""
    headings = ("Runs", "Tasks", "ACU-hours awake", "= USD", "Resources")
    shown = table(text("Where"), *map(number, headings), narrow=True)
    for way in site.cron:
        shown.add_row(
            f"{'* ' if way.chosen else '  '}cron.task: {way.task}",
            f"{way.runs:,.0f}",
            usd(way.tasks_usd),
            f"{way.acu_hours:,.0f}",
            usd(way.usd),
            f"+{way.resources}",
        )
    return shown


def _quantity(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _price(value: float) -> str:
    return f"{value:.{_PRICE_DIGITS}f}".rstrip("0").rstrip(".")
