"""The tables of `fleet plan`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from fleet.cli.money import usd
from fleet.plan.cells import Usage
from fleet.plan.plan import CellPlan, Plan, SitePlan
from fleet.site.model import Database

NO_TASKS = "-"
# Resources, target groups and rules; no cell comes near the quota of services.
SHOWN_USAGES = 3


def sites_table(plan: Plan) -> Table:
    """A line for each site, and their sum without the shared bases."""
    table = _table("Site")
    # The one column that may be cut: `fleet show` and --json have every domain.
    table.add_column("Domain", overflow="ellipsis")
    _numbers(table, "Hosts")
    for heading in ("State", "Database"):
        table.add_column(heading, no_wrap=True)
    _numbers(table, "Tasks", "Spot", "At least", "At most")
    rows = [_site(each) for each in plan.sites]
    for row in rows:
        # Ready texts: rich would look for its marks in each of thousands of strings, twice.
        table.add_row(*(Text(value, no_wrap=True) for value in row))
    least = sum(each.estimate.at_min for each in plan.sites)
    most = sum(each.estimate.at_max for each in plan.sites)
    sums = ("All sites", *[""] * 6, usd(least), usd(most))
    table.add_row(*sums, style="bold")
    _settle_widths(table, [*rows, sums])
    return table


def _settle_widths(table: Table, rows: Sequence[Sequence[str]]) -> None:
    """Of the columns that aren't cut; rich would lay out every cell to learn how wide it is."""
    for column, cells in zip(table.columns, zip(*rows, strict=True), strict=True):
        if column.no_wrap:
            column.width = max(map(cell_len, (str(column.header), *cells)))


def cells_table(plan: Plan) -> Table:
    """A line for each cell: what it has against what it may have, and its cost with its sites."""
    table = _table("Stack")
    usages = plan.cells[0].cell.usages
    # A word a line, so that 80 columns have room for the sums.
    headings = (
        "\n".join([*usage.what.split(), f"of {count(usage.limit)}"])
        for usage in usages[:SHOWN_USAGES]
    )
    _numbers(table, "Sites", *headings, "Clusters")
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
    table.add_column("", no_wrap=True)
    for usage in plan.region_usages:
        if usage.used:
            note = Text("over: ask AWS for more", style="bold red") if usage.over else ""
            table.add_row(usage.what, count(usage.used), count(usage.limit), note)
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
    live = site.state == "live"
    fewest, most = each.fewest.count, each.most.count
    tasks = str(most) if fewest == most else f"{fewest}-{most}"
    return (
        site.name,
        site.domains[0],
        str(len(site.domains)),
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
        count(len(cell.sites)),
        *(_usage(usage) for usage in cell.usages[:SHOWN_USAGES]),
        count(cell.clusters),
        usd(each.base.at_min),
        usd(each.cost.at_min),
        usd(each.cost.at_max),
    )


def _usage(usage: Usage) -> Text:
    text = count(usage.used)
    return Text(f"{text}!", style="bold red") if usage.over else Text(text)


def count(number: float) -> str:
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    return table


def _numbers(table: Table, *headings: str) -> None:
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
