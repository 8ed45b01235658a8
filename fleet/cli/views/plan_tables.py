"""The tables of `fleet plan`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Column, Table
from rich.text import Text

from fleet.cli.money import usd
from fleet.cli.table import number, table, word
from fleet.plan.cells import Usage
from fleet.plan.plan import CellPlan, Plan, SitePlan
from fleet.site.database import Database

NO_TASKS = "-"
# Resources, target groups and rules; no cell comes near the quota of services.
SHOWN_USAGES = 3


def sites_table(plan: Plan) -> Table:
    """A line for each site, and their sum without the shared bases."""
    # The one column that may be cut: `fleet show` and --json have every domain.
    front = (word("Site"), Column("Domain", overflow="ellipsis"), number("Hosts"))
    amounts = map(number, ("Tasks", "Spot", "At least", "At most"))
    shown = table(*front, word("State"), word("Database"), *amounts, narrow=True)
    rows = [_site(each) for each in plan.sites]
    for row in rows:
        # Ready texts: rich would look for its marks in each of thousands of strings, twice.
        shown.add_row(*(Text(value, no_wrap=True) for value in row))
    least = sum(each.estimate.at_min for each in plan.sites)
    most = sum(each.estimate.at_max for each in plan.sites)
    sums = ("All sites", *[""] * 6, usd(least), usd(most))
    shown.add_row(*sums, style="bold")
    _settle_widths(shown, [*rows, sums])
    return shown


def _settle_widths(table: Table, rows: Sequence[Sequence[str]]) -> None:
    """Of the columns that aren't cut; rich would lay out every cell to learn how wide it is."""
    for column, cells in zip(table.columns, zip(*rows, strict=True), strict=True):
        if column.no_wrap:
            column.width = max(map(cell_len, (str(column.header), *cells)))


def cells_table(plan: Plan) -> Table:
    """A line for each cell: what it has against what it may have, and its cost with its sites."""
    usages = plan.cells[0].cell.usages
    # A word a line, so that 80 columns have room for the sums.
    headings = (
        "\n".join([*usage.what.split(), f"of {count(usage.limit)}"])
        for usage in usages[:SHOWN_USAGES]
    )
    numbers = map(number, ("Sites", *headings, "Clusters", "Base", "At least", "At most"))
    shown = table(word("Stack"), *numbers, narrow=True)
    for each in plan.cells:
        shown.add_row(*_cell(each))
    sums = (usd(plan.cost.at_min), usd(plan.cost.at_max))
    shown.add_row("All", *[""] * 6, *sums, style="bold")
    return shown


def quotas_table(plan: Plan) -> Table:
    """What all cells take of the region's quotas."""
    heading = word(f"Quotas of {plan.region}")
    shown = table(heading, number("Used"), number("Of"), word(""), narrow=True)
    for usage in plan.region_usages:
        if usage.used:
            note = Text("over: ask AWS for more", style="bold red") if usage.over else ""
            shown.add_row(usage.what, count(usage.used), count(usage.limit), note)
    return shown


def elsewhere_table(plan: Plan) -> Table:
    """The same fleet by region and architecture."""
    sums = (number("At least"), number("At most"))
    shown = table(word("Region"), word("Architecture"), *sums, narrow=True)
    for each in plan.elsewhere:
        here = (each.region, each.architecture) == (plan.region, plan.architecture)
        amounts = (usd(each.cost.at_min), usd(each.cost.at_max))
        name = f"{each.region} (this)" if here else each.region
        shown.add_row(name, each.architecture, *amounts, style="bold" if here else "")
    return shown


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
