"""What a restore would do, on the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from fleet.cli.money import usd
from fleet.cli.phrases import age, duration, size
from fleet.cli.screen import ERR, OUT, print_json
from fleet.cli.table import number, table, word
from fleet.cli.times import exact
from fleet.operations.data.exact import ExactPlan
from fleet.operations.data.portion import Portion
from fleet.operations.data.restore import RestorePlan
from fleet.operations.data.restore_cell import WAVE, CellPlan


def print_plan(plan: RestorePlan, *, as_json: bool) -> None:
    """Says what comes back, how long it takes, what it costs and what is lost."""
    backup = plan.backup
    cost = "" if plan.usd is None else f", {usd(max(plan.usd, 0.01))} USD"
    if as_json:
        print_json(
            {
                "site": plan.site,
                "to": plan.to,
                "backup": backup.id,
                "only": plan.only.part,
                "code": plan.only.code,
                "paths": plan.only.paths,
                "time": backup.time,
                "seconds": plan.seconds,
                "measured": plan.measured,
                "usd": plan.usd,
            }
        )
        return
    lost = age(plan.now - backup.time)
    how = "drilled" if plan.measured else "assumed"
    lines = {
        "from": f"backup {backup.id} of {exact(backup.time)}",
        "back": _back(plan),
        "lost": f"what {plan.to} was told after it: {lost} of {_of(plan.only)}",
        "takes": f"about {duration(plan.seconds)} ({how}){cost}; closed for seconds of it",
        "undo": "for seven days",
    }
    _print_lines(lines)


def _back(plan: RestorePlan) -> str:
    database = plan.backup.database if plan.only.part != "files" else None
    what = "code" if plan.only.code else ", ".join(plan.only.paths) or "files"
    parts = {"database": database, what: plan.files}
    return " and ".join(
        f"{name} ({size(each)})" for name, each in parts.items() if each is not None
    )


def _of(only: Portion) -> str:
    if only.code:
        return "changes of plugins and themes"
    return {None: "orders, posts, comments, uploads", "database": "orders, posts, comments"}.get(
        only.part, "uploads and other files"
    )


def print_exact_plan(plan: ExactPlan, *, as_json: bool) -> None:
    """Says the same of a moment that no backup is of."""
    cost = "" if plan.usd is None else f", {usd(max(plan.usd, 0.01))} USD at most"
    if as_json:
        told = {"site": plan.site, "to": plan.to, "time": plan.at, "source": plan.source}
        print_json({**told, "seconds": plan.seconds, "usd": plan.usd, "archive": plan.archive.id})
        return
    files = "" if plan.files is None else f" and files of backup {plan.files[0].id}"
    _print_lines(
        {
            "from": plan.source,
            "back": f"database{files}",
            "lost": f"what {plan.to} was told after {exact(plan.at)}: {age(plan.now - plan.at)}",
            "takes": f"about {duration(plan.seconds)} (assumed){cost}; closed for seconds of it",
            "undo": "for seven days",
        }
    )


def print_cell_plan(plan: CellPlan, *, as_json: bool) -> None:
    """A line for each site of a cell, and for each that can't come back."""
    if as_json:
        sites = {each.site: each.backup.id for each in plan.sites}
        told = {"cell": plan.cell, "from": plan.lost, "sites": sites, "missing": plan.missing}
        print_json({**told, "seconds": plan.seconds, "usd": plan.usd})
        return
    shown = table(word("Site"), word("Backup"), number("Lost"), number("Database"), number("Files"))
    for each in plan.sites:
        backup = each.backup
        sizes = ("-" if part is None else size(part) for part in (backup.database, each.files))
        shown.add_row(each.site, backup.id, age(each.now - backup.time), *sizes)
    OUT.print(shown)
    for line in plan.missing:
        ERR.print(Text.assemble(("missing: ", "bold red"), line))
    cost = "" if plan.usd is None else f", {usd(max(plan.usd, 0.01))} USD"
    takes = f"about {duration(plan.seconds)}{cost}, by assumed speeds, {WAVE} sites at a time"
    _print_lines({"takes": takes, "undo": "site by site, for seven days"})


def _print_lines(lines: Mapping[str, str]) -> None:
    for name, text in lines.items():
        OUT.print(f"{name:<6} {text}", soft_wrap=True)
