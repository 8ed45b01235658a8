"""Progress of an engine's run: a bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from cli.screen import OUT
from cli.words import BASE, past
from operations.events import Change, Event, Failure, Finished, Started

PLAIN_PERIOD_SECONDS = 10


@contextmanager
def planning(stack: str) -> Iterator[Callable[[Event], None]]:
    """Shows that the program is compared with what runs."""
    title = f"Comparing {stack} with sites.yaml"
    if not OUT.is_terminal:
        OUT.print(f"{title} ...")
    with _bar(title, None) as progress:
        task = progress.task_ids[0]

        def show(event: Event) -> None:
            if isinstance(event, Started):
                progress.update(task, note=event.change.resource.name)

        yield show


@contextmanager
def working(stack: str, plan: Sequence[Change] | None) -> Iterator[Callable[[Event], None]]:
    """Shows the changes being made: a bar over resources, a line for each site that is done.

    `plan`: what is to change, where it is known.
    """
    if plan is not None and not plan:
        with planning(stack) as nothing:
            yield nothing
        return
    with _bar(f"Changing {stack}", None if plan is None else len(plan)) as progress:
        yield _Lines(progress, plan or ())


def _bar(title: str, total: int | None) -> Progress:
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", style="dim"),
        console=OUT,
        transient=True,
        disable=not OUT.is_terminal,
    )
    progress.add_task(title, total=total, note="")
    return progress


class _Lines:
    """Counts what is done, in the bar and site by site."""

    def __init__(self, progress: Progress, plan: Sequence[Change]) -> None:
        self._progress = progress
        self._task = progress.task_ids[0]
        self._planned = len(plan)
        self._left = Counter(change.site or BASE for change in plan)
        self._done: dict[str, Counter[str]] = {}
        self._seen: set[str] = set()
        self._last_line = time.monotonic()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Started):
            self._progress.update(self._task, note=event.change.resource.name)
        elif isinstance(event, Finished):
            self._finished(event.change)
        elif isinstance(event, Failure) and event.resource:
            self._print(f"[red]failed[/]  {event.resource.type} {event.resource.name}")

    def _finished(self, change: Change) -> None:
        # A component finishes twice: registered, and its outputs known.
        if change.resource.urn in self._seen:
            return
        self._seen.add(change.resource.urn)
        self._progress.advance(self._task)
        site = change.site or BASE
        self._done.setdefault(site, Counter())[change.action] += 1
        self._left[site] -= 1
        if self._left[site] == 0:
            self._print(f"[green]done[/]  {site}: {past(self._done[site])}")
        elif not OUT.is_terminal and self._is_time():
            self._print(f"{len(self._seen)} of {self._planned or '?'} resources")

    def _is_time(self) -> bool:
        return time.monotonic() - self._last_line > PLAIN_PERIOD_SECONDS

    def _print(self, line: str) -> None:
        self._last_line = time.monotonic()
        self._progress.console.print(line, soft_wrap=True)
