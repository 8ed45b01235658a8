"""What a restore would do, on the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.cli.money import usd
from fleet.cli.phrases import age, duration, size
from fleet.cli.screen import OUT, print_json
from fleet.cli.times import exact
from fleet.operations.data.exact import ExactPlan
from fleet.operations.data.restore import RestorePlan


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
                "only": plan.only,
                "time": backup.time,
                "seconds": plan.seconds,
                "usd": plan.usd,
            }
        )
        return
    parts = {
        "database": None if backup.database is None else f"database ({size(backup.database)})",
        "files": None if backup.files is None else f"files ({size(backup.files)})",
    }
    wanted = [text for name, text in parts.items() if text and plan.only in (None, name)]
    lost = age(plan.now - backup.time)
    lines = {
        "from": f"backup {backup.id} of {exact(backup.time)}",
        "back": " and ".join(wanted),
        "lost": f"what {plan.to} was told after it: {lost} of orders, posts, comments, uploads",
        "takes": f"about {duration(plan.seconds)}{cost}; closed for some seconds of it",
        "undo": "for seven days",
    }
    _print_lines(lines)


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
            "takes": f"about {duration(plan.seconds)}{cost}; closed for some seconds of it",
            "undo": "for seven days",
        }
    )


def _print_lines(lines: Mapping[str, str]) -> None:
    for name, text in lines.items():
        OUT.print(f"{name:<6} {text}", soft_wrap=True)
