"""What changes, site by site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from cli.screen import OUT
from cli.words import BASE, PAST, past
from operations.events import Change


def show_plan(changes: Sequence[Change]) -> None:
    """A line for each site that changes; replacements by name, since they may cost data."""
    if not changes:
        OUT.print("Nothing to change.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("What changes", overflow="fold")
    for action in PAST:
        table.add_column(action, justify="right")
    by_site: dict[str, Counter[str]] = {}
    for change in changes:
        by_site.setdefault(change.site or BASE, Counter())[change.action] += 1
    for site in sorted(by_site, key=lambda site: (site != BASE, site)):
        table.add_row(site, *(str(by_site[site][action] or "") for action in PAST))
    OUT.print(table)
    for change in changes:
        if change.action == "replace":
            OUT.print(f"[yellow]replaces[/] {change.resource.type} {change.resource.name}")


def show_done(changes: Sequence[Change]) -> None:
    """One line: how many resources were created, updated ..."""
    OUT.print(past(Counter(change.action for change in changes)) or "Nothing changed.")
