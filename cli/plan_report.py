"""What `fleet plan` prints."""

from __future__ import annotations

from rich.text import Text

from cli.money import share, usd
from cli.plan_tables import cells_table, elsewhere_table, quotas_table, sites_table
from cli.screen import OUT
from cli.show_view import place
from fleet.estimate import NOT_INCLUDED
from fleet.plan import Plan
from fleet.planning import PlannedFile
from fleet.prices import PriceList
from fleet.words import words_of


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
    OUT.print(_advice(plan), soft_wrap=True)
    OUT.print()
    OUT.print(quotas_table(plan))
    OUT.print()
    OUT.print(elsewhere_table(plan))
    OUT.print(_savings(plan), soft_wrap=True)
    _print_surprises(planned)
    OUT.print()
    _print_grounds(plan.prices)


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


def _print_surprises(planned: PlannedFile) -> None:
    if not planned.plan.surprises:
        return
    OUT.print()
    OUT.print("[bold yellow]Worth a look[/]")
    for each in planned.plan.surprises:
        position = place(planned.written.position(each.site, each.path))
        field = ".".join((each.site, *each.path) if each.site else each.path)
        where = f"{position}: " if position else ""
        OUT.print(Text.assemble((f"{where}{field}: ", "cyan"), each.message), soft_wrap=True)


def _print_grounds(prices: PriceList) -> None:
    """The assumptions and what is left out, so that nobody takes an estimate for a bill."""
    given = prices.assumptions
    words = [
        f"{value:g} {words_of(type(given), name).about}"
        for name, value in given.model_dump().items()
    ]
    for line in (
        f"List prices of {prices.date}; --explain SITE shows every line.",
        f"Assumed: {', '.join(words)}; at the least a database with min_acu 0 sleeps all month; "
        "tasks on Spot are averages by the weights.",
        f"Not in it: {', '.join(NOT_INCLUDED)}.",
    ):
        OUT.print(line, style="dim")
