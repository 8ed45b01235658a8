"""What `fleet plan` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from fleet.cli.money import share, usd
from fleet.cli.screen import OUT
from fleet.cli.views.plan_tables import (
    cells_table,
    count,
    elsewhere_table,
    quotas_table,
    sites_table,
)
from fleet.cli.views.show import place
from fleet.fields.doc import doc_of
from fleet.plan.estimate import NOT_INCLUDED
from fleet.plan.from_files import PlannedFile
from fleet.plan.plan import Plan
from fleet.plan.prices import PriceList
from fleet.plan.warnings import Path
from fleet.site.aurora import AURORA_LINE, AURORA_LINE_ENDS
from fleet.wording import listing

# What a profile brings about concerns hundreds of sites; cells are often as full as one another.
NAMED = 5


def print_plan(planned: PlannedFile) -> None:
    """Sites, cells, quotas, money, warnings, and what the numbers stand on."""
    plan = planned.plan
    if not plan.sites:
        OUT.print("There are no sites.")
        return
    OUT.print(f"[bold]{plan.environment}[/] in {plan.region} on {plan.architecture}; USD a month")
    OUT.print()
    OUT.print(sites_table(plan))
    OUT.print()
    OUT.print(cells_table(plan))
    for line in _full_cells(plan):
        OUT.print(line, style="bold red", soft_wrap=True)
    OUT.print(_advice(plan), soft_wrap=True)
    OUT.print()
    OUT.print(quotas_table(plan))
    OUT.print()
    OUT.print(elsewhere_table(plan))
    OUT.print(_savings(plan), soft_wrap=True)
    _print_warnings(planned)
    OUT.print()
    _print_grounds(plan.prices)


def _full_cells(plan: Plan) -> Iterator[str]:
    """A line for each way of being too full, with all the cells that are."""
    over: dict[str, list[str]] = {}
    for each in plan.cells:
        for usage in each.cell.usages:
            if usage.over:
                what = f"{count(usage.used)} {usage.what.lower()} of {count(usage.limit)}"
                remedy = "move sites to another cell" if usage.fixed else "move sites or raise it"
                over.setdefault(f"{what}; {remedy}.", []).append(each.cell.stack)
    for line, stacks in over.items():
        verb, each = ("is", "") if len(stacks) == 1 else ("are", "each ")
        yield f"{_some(stacks)} {verb} over: {each}{line}"


def _advice(plan: Plan) -> str:
    advice = plan.advice
    if advice.is_new and advice.cell:
        return f"A new site goes to a new cell, such as {advice.cell}: {advice.reason}."
    where = f"cell {advice.cell}" if advice.cell else "the stack without a cell"
    return f"A new site goes to {where}: {advice.reason}."


def _savings(plan: Plan) -> str:
    saved, cost = plan.saved_by_spot, plan.cost
    least = share(saved.at_min, cost.at_min + saved.at_min)
    most = share(saved.at_max, cost.at_max + saved.at_max)
    return (
        f"Spot saves {usd(saved.at_min)} ({least}) at the least and {usd(saved.at_max)} ({most}) "
        "at the most, against all tasks on demand."
    )


def _print_warnings(planned: PlannedFile) -> None:
    if not planned.plan.warnings:
        return
    OUT.print()
    OUT.print("[bold yellow]Warnings[/]")
    groups: dict[tuple[Path, str], list[str | None]] = {}
    for each in planned.plan.warnings:
        groups.setdefault((each.path, each.message), []).append(each.site)
    for (path, message), sites in groups.items():
        position = place(planned.written.position(sites[0], path))
        words = (position, ".".join(path), _some([name for name in sites if name]))
        where = "".join(f"{word}: " for word in words if word)
        OUT.print(Text.assemble((where, "cyan"), message), soft_wrap=True)


def _some(names: Sequence[str]) -> str:
    """The first of the names, whose line is the one given, and how many more there are."""
    shown = list(names[:NAMED])
    if len(names) > NAMED:
        shown.append(f"{len(names) - NAMED:,} more")
    return listing(shown, last="and") if shown else ""


def _print_grounds(prices: PriceList) -> None:
    """The assumptions and what is left out, so that nobody takes an estimate for a bill."""
    given = prices.assumptions
    words = [
        f"{value:g} {doc_of(type(given), name).about}" for name, value in given.model_dump().items()
    ]
    for line in (
        f"List prices of {prices.date}; --explain SITE shows every line.",
        f"Assumed: {', '.join(words)}; at the least a database with min_acu 0 sleeps all month; "
        "tasks on Spot are averages by the weights.",
        f"New databases are Aurora MySQL {AURORA_LINE}, which AWS supports until "
        f"{AURORA_LINE_ENDS}.",
        f"Not in it: {', '.join(NOT_INCLUDED)}.",
    ):
        OUT.print(line, style="dim")
