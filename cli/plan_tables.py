"""The tables of `fleet plan`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from cli.money import usd
from fleet.cells import Usage
from fleet.model import Database
from fleet.plan import CellPlan, Plan, SitePlan

NO_TASKS = "-"


def sites_table(plan: Plan) -> Table:
    """A line for each site, and their sum without the shared bases."""
    table = _table("Site", "Domains", "State", "Database")
    table.columns[1].overflow = "fold"
    _numbers(table, "Tasks", "Spot", "At least", "At most")
    for each in plan.sites:
        table.add_row(*_site(each))
    least = sum(each.estimate.at_min for each in plan.sites)
    most = sum(each.estimate.at_max for each in plan.sites)
    sums = (usd(least), usd(most))
    table.add_row("All sites", "", "", "", "", "", *sums, style="bold")
    return table


def cells_table(plan: Plan) -> Table:
    """A line for each cell: what it has against what it may have, and its cost with its sites."""
    table = _table("Stack")
    usages = plan.cells[0].cell.usages
    _numbers(table, "Sites", *(usage.what for usage in usages[:3]), "Clusters")
    _numbers(table, "Base", "At least", "At most")
    for each in plan.cells:
        table.add_row(*_cell(each))
    sums = (usd(plan.cost.at_min), usd(plan.cost.at_max))
    table.add_row("All", *[""] * 6, *sums, style="bold")
    return table


def quotas_table(plan: Plan) -> Table:
    """What all cells take of the region's quotas."""
    table = _table(f"Quotas of {plan.region}")
    _numbers(table, "Used", "Of")
    table.add_column("")
    for usage in plan.region_usages:
        if usage.used:
            note = (
                Text("over the default: ask AWS for more", style="bold red") if usage.over else ""
            )
            table.add_row(usage.what, _count(usage.used), _count(usage.limit), note)
    return table


def elsewhere_table(plan: Plan) -> Table:
    """The same fleet by region and architecture."""
    table = _table("Region", "Architecture")
    _numbers(table, "At least", "At most")
    for each in plan.elsewhere:
        here = (each.region, each.architecture) == (plan.region, plan.architecture)
        amounts = (usd(each.cost.at_min), usd(each.cost.at_max))
        name = f"{each.region} (this)" if here else each.region
        table.add_row(name, each.architecture, *amounts, style="bold" if here else "")
    return table


def _site(each: SitePlan) -> Sequence[str]:
    site = each.site
    first, *others = site.domains
    domains = f"{first} +{len(others)}" if others else first
    live = site.state == "live"
    fewest, most = each.fewest.count, each.most.count
    tasks = str(most) if fewest == most else f"{fewest}-{most}"
    return (
        site.name,
        domains,
        site.state,
        _database(site.database),
        tasks if live else NO_TASKS,
        _spot(each) if live else NO_TASKS,
        usd(each.estimate.at_min),
        usd(each.estimate.at_max),
    )


def _spot(each: SitePlan) -> str:
    least, most = each.fewest.spot_share, each.most.spot_share
    return f"{least:.0%}" if least == most else f"{least:.0%}-{most:.0%}"


def _database(database: Database) -> str:
    if database.placement == "shared":
        return "shared"
    readers = f" x{1 + database.readers}" if database.readers else ""
    return f"{database.min_acu:g}-{database.max_acu:g} ACU{readers}"


def _cell(each: CellPlan) -> Sequence[str | Text]:
    cell = each.cell
    return (
        cell.stack,
        _count(len(cell.sites)),
        *(_usage(usage) for usage in cell.usages[:3]),
        _count(cell.clusters),
        usd(each.base.at_min),
        usd(each.cost.at_min),
        usd(each.cost.at_max),
    )


def _usage(usage: Usage) -> Text:
    text = f"{_count(usage.used)}/{_count(usage.limit)}"
    return Text(f"{text} over", style="bold red") if usage.over else Text(text)


def _count(number: float) -> str:
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(heading)
    return table


def _numbers(table: Table, *headings: str) -> None:
    for heading in headings:
        table.add_column(heading, justify="right")
