"""A site's events on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.text import Text

from fleet.cli.screen import OUT
from fleet.cli.table import number, table, text, word
from fleet.cli.times import second
from fleet.cli.views.logs import harmless
from fleet.operations.live.cron import CronRun


def print_cron(runs: Iterable[CronRun]) -> None:
    """A line a run, then what comes next as the last one told it."""
    shown, last = table(word("When"), number("Events"), number("s"), text("How it went")), None
    for run in runs:
        shown.add_row(second(run.time), str(run.ran or ""), f"{run.seconds:g}", _how(run))
        last = run if run.next or run.coming else last
    OUT.print(shown if shown.row_count else "no event ran, and none failed")
    if last is not None:
        _print_coming(last)


def cron_map(runs: Iterable[CronRun]) -> list[dict[str, Any]]:
    """One map a run, with the fields of `CronRun`."""
    return [asdict(run) for run in runs]


def _print_coming(last: CronRun) -> None:
    if last.coming:
        coming = table(word("Comes"), text("Event"))
        for hook, moment in sorted(last.coming.items(), key=lambda each: each[1]):
            coming.add_row(second(moment), harmless(hook))
        OUT.print()
        OUT.print(coming)
    if last.next is not None:
        OUT.print(
            f"\nnext run at {second(last.next)}, as the run of {second(last.time)} planned it"
        )


def _how(run: CronRun) -> Text:
    if run.broke:
        return Text(harmless(f"{run.broke} ended the run: {run.reason}"), "red")
    if run.reason:
        return Text(harmless(f"no run: {run.reason}"), "red")
    if run.failed:
        return Text(harmless(f"failed: {', '.join(run.failed)}"), "red")
    return Text(f"{run.late} s late" if run.late else "in time")
