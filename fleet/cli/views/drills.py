"""Drills on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from rich.text import Text

from fleet.cli.phrases import age, duration
from fleet.cli.screen import ERR, OUT, print_json
from fleet.cli.table import number, table, word
from fleet.cli.times import exact
from fleet.cli.views.logs import harmless
from fleet.operations.data.drill import Drill, failed_ones


def print_drill(site: str, done: Drill, *, as_json: bool) -> None:
    """What was found."""
    if as_json:
        print_json({"site": site, **done.model_dump()})
        return
    held = f"{done.tables} tables, {done.posts:,} posts, {done.users:,} users"
    OUT.print(
        f"{site}: backup {done.backup} is good: {held}, {done.files} files looked at; "
        f"in {duration(done.seconds or 0)}, {age(timedelta(seconds=done.data_age or 0))} old",
        soft_wrap=True,
    )


def print_drills(
    found: Mapping[str, Sequence[Drill]],
    overdue: Sequence[str],
    *,
    one: bool,
    environment: str,
    as_json: bool,
) -> None:
    """A line for each site's last good drill, or for each of the one."""
    if as_json:
        records = {name: [each.model_dump() for each in drills] for name, drills in found.items()}
        print_json(records)
        return
    shown = table(
        *(word("Site"), word("Drill"), word("Time"), word("Backup")),
        *(number("Would lose"), number("Takes")),
        narrow=True,
    )
    for name, drills in found.items():
        good = [each for each in drills if each.problem is None]
        for each in drills if one else good[:1]:
            shown.add_row(name, *_cells(each))
        if not drills or not (one or good):
            shown.add_row(name, Text("none", "yellow"), "-", "-", "-", "-")
    OUT.print(shown)
    for name in overdue:
        told = f"{name} has had no good drill for 35 days; fleet drill --env {environment} {name}"
        ERR.print(Text.assemble(("overdue: ", "bold red"), told))
    for name in failed_ones(found):
        last = found[name][0]
        ERR.print(
            Text.assemble(
                ("failed: ", "bold red"),
                f"{name}, {exact(last.time)}, backup {last.backup}: "
                f"{harmless(last.problem or '')}; "
                f"fleet backup --env {environment} {name} makes another, fleet drill tries it",
            )
        )


def _cells(each: Drill) -> list[str | Text]:
    good = each.problem is None
    state = Text("good" if good else "failed", "green" if good else "bold red")
    lost = "-" if each.data_age is None else age(timedelta(seconds=each.data_age))
    takes = "-" if each.seconds is None else duration(each.seconds)
    return [state, exact(each.time), each.backup, lost, takes]
