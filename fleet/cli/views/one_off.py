"""Commands in tasks of their own, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.text import Text

from fleet.cli.phrases import duration
from fleet.cli.screen import ERR, OUT, print_json, print_note
from fleet.cli.table import number, table, text, word
from fleet.cli.times import moment
from fleet.cli.views.logs import harmless
from fleet.operations.data.ending import Ending
from fleet.operations.data.follow import LAST_LINE, OWN_LINE, follow
from fleet.operations.data.past import FIRST_LINE, PastRun
from fleet.operations.data.place import Place
from fleet.operations.data.start import OneOff

# As much of an id as tells two tasks of a site apart.
ID_CHARACTERS = 8
INTERRUPTED = 130
_STYLES = {"succeeded": "green", "stopped": "yellow"}


def show_started(one: OneOff, *, as_json: bool) -> None:
    """Says the id of a task that nobody waits for, and what to do with it."""
    if as_json:
        print_json(_started(one))
        return
    short = one.id[:ID_CHARACTERS]
    OUT.print(f"started {short}", soft_wrap=True)
    OUT.print(f"its log: {one.place.command('--follow', short)}", soft_wrap=True)
    OUT.print(f"stop it: {one.place.command('--stop', short)}", soft_wrap=True)


def show_run(one: OneOff, *, as_json: bool) -> int:
    """Shows the log until the end, and says how it ended; the exit status.

    What the command printed is all that goes to standard output. Ctrl-C leaves the task at work.
    """
    if as_json:
        print_json(_started(one))
    try:
        ending = follow(one, _json_line if as_json else _line)
    except KeyboardInterrupt:
        short = one.id[:ID_CHARACTERS]
        print_note(
            f"{short} goes on; its log: {one.place.command('--follow', short)}; "
            f"stop it: {one.place.command('--stop', short)}"
        )
        return INTERRUPTED
    if as_json:
        print_json({"event": "ended", **asdict(ending)})
    elif ending.outcome != "succeeded":
        ERR.print(Text.assemble(outcome(ending), f": {harmless(ending.reason)}"))
    return ending.exit_status


def print_runs(place: Place, found: Sequence[PastRun], *, as_json: bool) -> None:
    """A line for each run, the latest first."""
    if as_json:
        print_json([_record(place, run) for run in found])
        return
    if not found:
        OUT.print(f"Nothing ran in a task of its own as {place.site.name}.")
        return
    shown = table(
        *(word("Run"), word("Began"), text("Command"), text("By"), text("Outcome")),
        *(number("Took"), number("USD")),
        narrow=True,
    )
    for run in found:
        usd = _usd(place, run)
        shown.add_row(
            run.id[:ID_CHARACTERS],
            moment(run.began),
            harmless(run.command),
            harmless(run.by),
            outcome(run.ending),
            duration(run.billed),
            "?" if usd is None else f"{usd:.4f}",
        )
    OUT.print(shown)


def print_stopped(one: OneOff) -> None:
    """Says what stopping does."""
    OUT.print(
        f"stopping {one.id[:ID_CHARACTERS]}: its command has 90 s to end, then it is killed",
        soft_wrap=True,
    )


def _line(line: str) -> None:
    if line.startswith((FIRST_LINE, LAST_LINE)):
        return
    if line.startswith(OWN_LINE):
        ERR.print(Text(harmless(line), style="dim"))
        return
    # Into a file or another program it goes as it is.
    print(harmless(line) if OUT.is_terminal else line, flush=True)


def _json_line(line: str) -> None:
    print_json({"event": "line", "text": line})


def _started(one: OneOff) -> dict[str, Any]:
    order = one.order
    return {
        "event": "started",
        "id": one.id,
        "site": one.place.site.name,
        "cpu": order.cpu,
        "memory": order.memory,
        "spot": order.spot,
    }


def outcome(ending: Ending | None) -> Text:
    """How a run ended, or that it runs."""
    if ending is None:
        return Text("runs", style="cyan")
    status = f" ({ending.status})" if ending.outcome == "failed" and ending.status else ""
    return Text(f"{ending.outcome}{status}", style=_STYLES.get(ending.outcome, "red"))


def _usd(place: Place, run: PastRun) -> float | None:
    return place.usd(cpu=run.cpu, memory=run.memory, seconds=run.billed, spot=run.spot)


def _record(place: Place, run: PastRun) -> dict[str, Any]:
    return {**asdict(run), "usd": _usd(place, run)}
