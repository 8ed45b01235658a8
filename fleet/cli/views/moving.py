"""What moves a site's data, on the terminal: a line a step, with a bar while it is at work."""

from __future__ import annotations

import time
from dataclasses import asdict
from types import TracebackType

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from fleet.cli.phrases import duration, size
from fleet.cli.screen import OUT, print_json, print_note
from fleet.cli.views.logs import harmless
from fleet.operations.data.export import FILES, PAGE, SQL, Exported
from fleet.operations.data.steps import Step


class Telling:
    """Shows steps as they come; with `as_json` a record a line."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._begun: dict[tuple[str, str], float] = {}
        self._bars: dict[tuple[str, str], TaskID] = {}
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=16),
            TextColumn("{task.fields[done]}"),
            TimeElapsedColumn(),
            console=OUT,
            transient=True,
            disable=as_json or not OUT.is_terminal,
        )

    def __enter__(self) -> Telling:
        """Nothing moves on the terminal before the first step: somebody may be asked before."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()
        if kind is KeyboardInterrupt:
            print_note("a task that was started goes on; fleet runs lists it")

    def step(self, step: Step) -> None:
        """Shows one."""
        if self._as_json:
            print_json({name: value for name, value in asdict(step).items() if value is not None})
            return
        key = (step.site, step.step)
        match step.state:
            case "begun":
                self._progress.start()
                self._begun[key] = time.monotonic()
                self._bars[key] = self._progress.add_task(
                    f"{step.site}: {step.step}", total=step.of, done=""
                )
            case "at":
                if key in self._bars:
                    self._progress.update(
                        self._bars[key],
                        completed=step.bytes or 0,
                        total=step.of,
                        done=size(step.bytes or 0),
                    )
            case "note":
                OUT.print(Text(f"{step.site}: {harmless(step.note)}"), soft_wrap=True)
            case "done" | "skipped":
                self._ended(key, step)
            case "failed":
                self._close(key)

    def _ended(self, key: tuple[str, str], step: Step) -> None:
        self._close(key)
        if step.step == "end":
            return
        words = [duration(time.monotonic() - self._begun.pop(key, time.monotonic()))]
        if step.state == "skipped":
            words = ["was done before"]
        elif step.bytes:
            words.insert(0, size(step.bytes))
        OUT.print(Text(f"{step.site}: {step.step}: {', '.join(words)}"), soft_wrap=True)

    def _close(self, key: tuple[str, str]) -> None:
        bar = self._bars.pop(key, None)
        if bar is not None:
            self._progress.remove_task(bar)


def print_exported(done: Exported, *, as_json: bool) -> None:
    """Says what lies where."""
    manifest = done.manifest
    if as_json:
        record = {"to": done.to, "archive": done.archive.id}
        print_json({**record, **manifest.model_dump(mode="json")})
        return
    files = manifest.files
    if manifest.database:
        OUT.print(f"{done.to}/{SQL}: the tables of {manifest.home}", soft_wrap=True)
    if files:
        held = f"{files.count:,} files, {size(files.total_bytes)}"
        OUT.print(f"{done.to}/{FILES}: {held}", soft_wrap=True)
    OUT.print(f"{done.to}/{PAGE}: what a new host does with them", soft_wrap=True)


def print_loaded(site: str, environment: str, *, as_json: bool) -> None:
    """Says how to go back."""
    if as_json:
        print_json({"site": site, "loaded": True})
        return
    back = f"fleet undo --env {environment} {site}"
    OUT.print(f"{site} is open; what it was is kept for seven days: {back}", soft_wrap=True)


def print_undone(site: str, *, as_json: bool) -> None:
    """Says what happened."""
    if as_json:
        print_json({"site": site, "undone": True})
        return
    OUT.print(f"{site} is what it was before its data was replaced", soft_wrap=True)
