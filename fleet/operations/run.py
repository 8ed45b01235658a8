"""A verb at work on the stacks of an environment, side by side."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from fleet.operations.deploy import OnEvent, Result
from fleet.operations.engine.events import Change, Event, Finished
from fleet.operations.engine.outputs import FleetOutputs
from fleet.operations.engine.stack_cli import StackCli
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

Verb = Literal["preview", "up", "refresh", "destroy"]
Outcome = Literal["succeeded", "failed", "stopped", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellResult:
    """How it went with one stack.

    `stopped`: by `Run.cancel`, midway; the next run goes on from there. `skipped`: never begun.
    `changes`: what was changed, in a preview what would be. `left_out`: what a preview of some
    sites alone found elsewhere. `outputs` only after success. `errors`: why it isn't a success, a
    line each.
    """

    target: Target
    outcome: Outcome
    seconds: float = 0.0
    changes: tuple[Change, ...] = ()
    left_out: tuple[Change, ...] = ()
    outputs: FleetOutputs | None = None
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How it went with all stacks, in the order in which they were asked for."""

    verb: Verb
    cells: tuple[CellResult, ...]

    @property
    def ok(self) -> bool:
        return all(cell.outcome == "succeeded" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Begun:
    """Work on the stack has begun."""

    verb: Verb


@dataclass(frozen=True, slots=True)
class Ended:
    """Work on the stack is over, or won't begin."""

    result: CellResult


@dataclass(frozen=True, slots=True)
class CellEvent:
    """Something that happened in one stack."""

    target: Target
    event: Begun | Event | Ended


Work = Callable[[Target, StackCli, OnEvent], Result]


class Run:
    """A verb at work, in threads of its own. It has begun; iterate to see what happens.

        with up(declared) as run:
            for each in run:
                print(each.target.stack, each.event)
        print(run.result().ok)

    Each iteration gives all events from the first on, and ends with the run, so that any number of
    threads can watch. Leaving `with` by an exception cancels, and waits for the engines to end.
    """

    def __init__(
        self,
        verb: Verb,
        work: Work,
        clis: dict[Target, StackCli],
        *,
        parallel: int,
        canary: Target | None = None,
        leftover: Sequence[Target] = (),
    ) -> None:
        self.verb: Verb = verb
        self.targets = tuple(clis)
        self.leftover = tuple(leftover)
        """Stacks of the environment that hold resources, though no site names their cell."""
        self._work, self._clis = work, clis
        self._parallel, self._canary = parallel, canary
        self._events: list[CellEvent] = []
        self._changed = threading.Condition()
        self._cancelled = False
        self._driver = ThreadPoolExecutor(1, thread_name_prefix="fleet-run")
        self._future: Future[RunResult] = self._driver.submit(self._drive)
        self._future.add_done_callback(lambda _: self._wake())
        self._driver.shutdown(wait=False)

    def __iter__(self) -> Iterator[CellEvent]:
        given = 0
        while new := self._after(given):
            given += len(new)
            yield from new

    @property
    def done(self) -> bool:
        return self._future.done()

    def result(self, timeout: float | None = None) -> RunResult:
        """Waits for the end, at most `timeout` seconds; then TimeoutError."""
        return self._future.result(timeout)

    def cancel(self) -> None:
        """Ends the engines in good order and begins with no further cell; returns at once.

        What AWS is doing at this moment is waited for. A second call ends the engines at once and
        a third one by force: creations may then be left over that only the next `up` finds.
        """
        self._cancelled = True
        for cli in self._clis.values():
            cli.interrupt()

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.cancel()
        self._future.exception()

    def _after(self, given: int) -> list[CellEvent]:
        """The events after the first `given`; waits for some, and gives none at the end."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) > given or self._future.done())
            return self._events[given:]

    # -- in the run's own threads --------------------------------------------------------------

    def _drive(self) -> RunResult:
        results: dict[Target, CellResult] = {}
        rest = [target for target in self.targets if target != self._canary]
        if self._canary is not None:
            results[self._canary] = first = self._cell(self._canary)
            if first.outcome != "succeeded":
                why = f"not begun: {self._canary.stack}, the canary, {_OUTCOMES[first.outcome]}"
                results |= {target: self._skip(target, why) for target in rest}
                rest = []
        with ThreadPoolExecutor(self._parallel, thread_name_prefix="fleet-cell") as pool:
            results |= zip(rest, pool.map(self._cell, rest), strict=True)
        return RunResult(verb=self.verb, cells=tuple(results[each] for each in self.targets))

    def _cell(self, target: Target) -> CellResult:
        if self._cancelled:
            return self._skip(target, "not begun: the run was cancelled")
        self._tell(target, Begun(self.verb))
        cli, begin, changed = self._clis[target], time.monotonic(), list[Change]()

        def on_event(event: Event) -> None:
            if isinstance(event, Finished):
                changed.append(event.change)
            self._tell(target, event)

        try:
            done = self._work(target, cli, on_event)
        except Exception as error:  # noqa: BLE001 - nothing in one cell is to stop the others
            known = isinstance(error, OperationError)
            result = CellResult(
                target=target,
                outcome="stopped" if cli.interrupted else "failed",
                seconds=time.monotonic() - begin,
                changes=tuple(changed),
                errors=error.lines if known else (f"{target.stack}: {_in_a_line(error)}",),
            )
        else:
            result = CellResult(
                target=target,
                outcome="succeeded",
                seconds=time.monotonic() - begin,
                changes=done.changes,
                left_out=done.left_out,
                outputs=done.outputs,
            )
        return self._end(result)

    def _skip(self, target: Target, why: str) -> CellResult:
        return self._end(CellResult(target=target, outcome="skipped", errors=(why,)))

    def _end(self, result: CellResult) -> CellResult:
        self._tell(result.target, Ended(result))
        return result

    def _tell(self, target: Target, event: Begun | Event | Ended) -> None:
        with self._changed:
            self._events.append(CellEvent(target, event))
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _in_a_line(error: Exception) -> str:
    """What nobody foresaw: a full disk, a settings file that may not be written."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


_OUTCOMES = {"failed": "failed", "stopped": "was stopped", "skipped": "was not begun"}
