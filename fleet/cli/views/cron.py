"""A site's events on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from fleet.cli.screen import OUT, print_note
from fleet.cli.table import number, table, text, word
from fleet.cli.times import second
from fleet.cli.views.logs import harmless
from fleet.operations.live.cron import CronRun, overdue
from fleet.wording import listing


def print_cron(runs: Iterable[CronRun], every: int | None) -> None:
    """A line a run, then what comes next as the last one told it.

    `every`: the longest that an event may wait, in seconds; None where none is run.
    """
    shown, last = table(word("When"), number("Events"), number("s"), text("How it went")), None
    for run in runs:
        shown.add_row(second(run.time), str(run.ran or ""), f"{run.seconds:g}", _how(run))
        last = run if run.next or run.coming else last
    OUT.print(shown if shown.row_count else "no event ran, and none failed")
    if last is not None:
        late = overdue(last, every, datetime.now(UTC)) if every else frozenset[str]()
        _print_coming(last, late)


def cron_map(runs: Iterable[CronRun]) -> list[dict[str, Any]]:
    """One map a run, with the fields of `CronRun`."""
    return [asdict(run) for run in runs]


def _print_coming(last: CronRun, late: frozenset[str]) -> None:
    if last.coming:
        coming = table(word("Comes"), text("Event"))
        for hook, moment in sorted(last.coming.items(), key=lambda each: each[1]):
            style = "red" if hook in late else ""
            coming.add_row(second(moment), Text(harmless(hook), style))
        OUT.print()
        OUT.print(coming)
    if last.next is not None:
        OUT.print(
            f"\nnext run at {second(last.next)}, as the run of {second(last.time)} planned it"
        )
    if late:
        named = listing(sorted(map(harmless, late)), last="and")
        print_note(f"overdue, and no run came: {named}; fleet status says whether a task is up")


def _how(run: CronRun) -> Text:
    if run.broke:
        return Text(harmless(f"{run.broke} ended the run: {run.reason}"), "red")
    if run.reason:
        return Text(harmless(f"no run: {run.reason}"), "red")
    if run.failed:
        return Text(harmless(f"failed: {', '.join(run.failed)}"), "red")
    return Text(f"{run.late} s late" if run.late else "in time")
