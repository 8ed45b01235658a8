"""Progress of a run: a bar a cell on a terminal, plain lines in a pipe."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from fleet.cli.phrases import BASE, duration, past
from fleet.cli.screen import OUT
from fleet.operations.engine.events import (
    Adopted,
    Change,
    Failure,
    Finished,
    HalfDone,
    Planned,
    Reread,
    Started,
)
from fleet.operations.run import Begun, CellEvent, CellResult, Ended, Run
from fleet.operations.target import Target

PLAIN_PERIOD_SECONDS = 10
TITLES = {
    "preview": "Comparing {} with sites.yaml",
    "up": "Changing {}",
    "refresh": "Reading {} from AWS",
    "destroy": "Deleting {}",
}
MARKS = {
    "succeeded": "[green]done[/]",
    "failed": "[red]failed[/]",
    "stopped": "[yellow]stopped[/]",
    "skipped": "[yellow]skipped[/]",
}


class Watching:
    """Shows the events of a run as they come. `planned`: what a preview said would change."""

    def __init__(self, run: Run, planned: Sequence[CellResult] = ()) -> None:
        self._many = len(run.targets) > 1
        self._verb = run.verb
        self._planned = {cell.target: cell.changes for cell in planned}
        self._cells: dict[Target, _Cell] = {}
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=16),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", style="dim"),
            console=OUT,
            transient=True,
            disable=not OUT.is_terminal,
        )

    def __enter__(self) -> Watching:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def show(self, happened: CellEvent) -> None:
        """Moves the cell's bar, and prints what a reader of the lines wants to know."""
        target, event = happened.target, happened.event
        match event:
            case Begun():
                self._begin(target)
            case Planned(change) | Started(change):
                self._cells[target].note(change)
            case Finished(change):
                self._finished(target, change)
            case Failure(resource) if resource is not None:
                self._print(target, f"[red]failed[/]  {resource.type} {resource.name}")
            case Adopted(resource):
                found = f"{resource.type} {resource.name}"
                self._print(target, f"found what an interrupted run had made: {found}")
            case HalfDone(resource):
                left = f"{resource.type} {resource.name}"
                self._print(target, f"left by an update that failed: {left}; up reads it again")
            case Reread(resource, _, differs):
                left = f"{resource.type} {resource.name}"
                found = f"AWS has another {', '.join(differs)}" if differs else "as it should be"
                self._print(target, f"read again after an update that failed: {left}: {found}")
            case Ended(result):
                self._end(result)
            case _:
                pass

    def _begin(self, target: Target) -> None:
        title = TITLES[self._verb].format(target.stack)
        plan = self._planned.get(target)
        task = self._progress.add_task(title, total=len(plan) if plan else None, note="")
        self._cells[target] = _Cell(self._progress, task, plan or ())
        if not OUT.is_terminal:
            OUT.print(f"{title} ...", soft_wrap=True)

    def _finished(self, target: Target, change: Change) -> None:
        cell = self._cells[target]
        if line := cell.finished(change):
            self._print(target, f"[green]done[/]  {line}")
        elif not OUT.is_terminal and cell.is_time():
            self._print(target, cell.so_far())

    def _end(self, result: CellResult) -> None:
        target, cell = result.target, self._cells.pop(result.target, None)
        if cell:
            for line in cell.rest():
                self._print(target, f"[green]done[/]  {line}")
            self._progress.remove_task(cell.task)
        if self._many:
            took = f" in {duration(result.seconds)}" if cell else ""
            OUT.print(f"{MARKS[result.outcome]}  {target.stack}{took}", soft_wrap=True)

    def _print(self, target: Target, line: str) -> None:
        where = f"{escape(target.stack)}: " if self._many else ""
        self._progress.console.print(f"{where}{line}", soft_wrap=True)


class _Cell:
    """Counts what is done in one cell, site by site."""

    def __init__(self, progress: Progress, task: TaskID, plan: Sequence[Change]) -> None:
        self.task = task
        self._progress = progress
        self._planned = len(plan)
        self._left = Counter(change.site or BASE for change in plan)
        self._done: dict[str, Counter[str]] = {}
        self._count = 0
        self._last_line = time.monotonic()

    def note(self, change: Change) -> None:
        self._progress.update(self.task, note=change.resource.name)

    def finished(self, change: Change) -> str | None:
        """A line for the site when this was the last of its planned changes."""
        self._count += 1
        self._progress.advance(self.task)
        site = change.site or BASE
        self._done.setdefault(site, Counter())[change.action] += 1
        self._left[site] -= 1
        return self._line(site) if self._left[site] == 0 else None

    def rest(self) -> list[str]:
        """A line for each site that has changed without a plan, or not all that was planned."""
        return [self._line(site) for site in sorted(self._done)]

    def is_time(self) -> bool:
        return time.monotonic() - self._last_line > PLAIN_PERIOD_SECONDS

    def so_far(self) -> str:
        self._last_line = time.monotonic()
        return f"{self._count} of {self._planned or '?'} resources"

    def _line(self, site: str) -> str:
        self._last_line = time.monotonic()
        return f"{site}: {past(self._done.pop(site))}"
