"""Carrying a verb to its end before a person's eyes, or as events for a program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from fleet.cli.interrupts import handed_to
from fleet.cli.options import refuse_to_ask
from fleet.cli.screen import ERR, OUT, print_json
from fleet.cli.views.fleet import show_fleet
from fleet.cli.views.progress import Watching
from fleet.cli.views.run import show_changes, show_errors, show_leftover, show_summary
from fleet.operations import simulation, verbs
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError
from fleet.operations.records import event_record, result_record
from fleet.operations.run import CellResult, Run, RunResult
from fleet.operations.selection import check_canary
from fleet.operations.target import Target

INTERRUPTED = 130


@dataclass
class Deploying:
    """What was asked for. Each verb gives the exit status: 1 when a cell failed."""

    declared: Declared
    cells: Collection[str]
    sites: Collection[str]
    parallel: int
    as_json: bool
    on_demand: bool = False
    _interrupts: int = 0

    def watch_preview(self) -> int:
        if not self.as_json:
            return self._status(self._plan())
        return self._status(self._watch(self._preview()))

    def _preview(self) -> Run:
        return verbs.preview(
            self.declared,
            cells=self.cells,
            sites=self.sites,
            parallel=self.parallel,
            on_demand=self.on_demand,
        )

    def watch_up(self, canary: str | None, *, yes: bool, preview: bool) -> int:
        self._check_consent(yes)
        self._wait_for(simulation.start)
        if canary is not None:
            check_canary(canary, self.declared, self._chosen())
        cells, sites, planned = self.cells, self.sites, RunResult(verb="preview", cells=())
        if preview and not self.as_json:
            planned = self._plan()
            cells, sites = self._sound(planned)
            if self._interrupts:
                return INTERRUPTED
            if not (cells or sites):
                return self._status(planned)
            if canary is not None and canary not in (cells or self._cells_of(sites)):
                raise OperationError(f"nothing was changed: the preview of {canary} failed")
            if any(cell.changes for cell in planned.cells):
                self._confirm(yes)
        run = verbs.up(
            self.declared,
            cells=cells,
            sites=sites,
            parallel=self.parallel,
            canary=canary,
            on_demand=self.on_demand,
        )
        done = self._watch(run, planned.cells)
        result = replace(done, cells=(*done.cells, *_failed(planned)))
        if result.ok:
            self._wait_for(simulation.wait_until_served)
        if not self.as_json:
            self._show_end(result)
            show_errors(done)
        return self._status(result)

    def _wait_for(self, work: Callable[[Path, Callable[[str], object]], None]) -> None:
        """Shows what the simulated environment's containers are at, meanwhile."""
        target = self.declared.target
        if not target.simulated:
            return
        if self.as_json:
            work(target.folder, lambda _: None)
            return
        with OUT.status("The containers of this machine ...") as status:
            work(target.folder, status.update if OUT.is_terminal else OUT.print)

    def _plan(self) -> RunResult:
        """What would change, shown; errors too, so that only those of `up` are shown after it."""
        run = self._preview()
        planned = self._watch(run)
        show_changes(planned, self.sites)
        show_errors(planned)
        self._show_leftover(run)
        return planned

    def watch_refresh(self) -> int:
        run = verbs.refresh(
            self.declared, cells=self.cells, sites=self.sites, parallel=self.parallel
        )
        return self._finish(run)

    def watch_destroy(self, *, yes: bool) -> int:
        self._check_consent(yes)
        target = self.declared.target
        if not self.as_json:
            what = f"cell {', '.join(self.cells)} of " if self.cells else ""
            typer.echo(f"Everything in {what}{target.environment} will be deleted.")
            self._confirm(yes)
        return self._finish(verbs.destroy(self.declared, cells=self.cells, parallel=self.parallel))

    def _finish(self, run: Run) -> int:
        result = self._watch(run)
        if not self.as_json:
            show_summary(result)
            show_errors(result)
        return self._status(result)

    def _watch(self, run: Run, planned: Sequence[CellResult] = ()) -> RunResult:
        """Shows what happens until the end; Ctrl-C goes to the run."""

        def stop() -> None:
            self._interrupts += 1
            run.cancel()
            again = "Once more stops at once, and may leave work to the next run."
            ERR.print(f"Stopping; waiting for what AWS is doing. {again}")

        with run, handed_to(stop):
            if self.as_json:
                for each in run:
                    print_json(event_record(each))
                print_json(result_record(run.result()))
            else:
                with Watching(run, planned) as watching:
                    for each in run:
                        watching.show(each)
        return run.result()

    def _chosen(self) -> list[Target]:
        """The stacks that the run is for, as far as the file names them."""
        cells = self.cells or self._cells_of(self.sites)
        return [each for each in self.declared.stacks() if not cells or each.label in cells]

    def _cells_of(self, sites: Collection[str]) -> list[str]:
        return [self.declared.home(self.declared.site(site)).label for site in sites]

    def _sound(self, planned: RunResult) -> tuple[list[str], list[str]]:
        """The cells, or sites of them, whose preview succeeded."""
        sound = [cell.target.label for cell in planned.cells if cell.outcome == "succeeded"]
        if self.sites:
            return [], [site for site in self.sites if self._cells_of([site])[0] in sound]
        return sound, []

    def _show_end(self, result: RunResult) -> None:
        if len(result.cells) == 1 and result.ok:
            show_fleet(result.cells[0])
        else:
            show_summary(result)

    def _show_leftover(self, run: Run) -> None:
        if not self.cells and not self.sites:
            show_leftover(run.leftover)

    def _check_consent(self, yes: bool) -> None:
        refuse_to_ask(as_json=self.as_json, sure=yes or self.declared.target.simulated)

    def _confirm(self, yes: bool) -> None:
        """Asks, unless told not to, or nothing real is at stake. Ends the command for a no."""
        if yes or self.declared.target.simulated:
            return
        try:
            agreed = typer.confirm("Go ahead?")
        except typer.Abort:
            typer.echo()
            if sys.stdin.isatty():
                raise typer.Exit(INTERRUPTED) from None
            raise OperationError("nobody answered: add --yes to go ahead without asking") from None
        if not agreed:
            typer.echo("Nothing was changed.")
            raise typer.Exit(1)

    def _status(self, result: RunResult) -> int:
        if result.ok:
            return 0
        return INTERRUPTED if self._interrupts else 1


def _failed(planned: RunResult) -> list[CellResult]:
    return [cell for cell in planned.cells if cell.outcome != "succeeded"]
