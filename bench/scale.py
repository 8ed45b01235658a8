"""Many sites in cells, two engines at a time, against as many in one stack.

    python -m bench.scale [SITES]

What `fleet up` does, by the Python API: plain sites, a base with a network of its own in each cell,
on the simulated account. Writes a section of docs/benchmarks.md; docs/scale.md draws on it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.report import publish
from bench.upped import registered
from fleet.operations.declared import read_declared
from fleet.operations.run import Ended, Run, RunResult
from fleet.operations.target import Target
from fleet.operations.verbs import up
from tests.engine.checkout import IMAGE, Checkout

SITES = 1_000
CELLS = (25, 40)
ONE_STACK = (25, 50)
PARALLEL = 2
SAMPLE_SECONDS = 0.5

INTRO = """\
`python -m bench.scale {sites}`: a first `up` of {sites:,} plain sites in cells, {parallel} at a
time, by `fleet.operations.verbs.up` with the literal program, its state in a folder, on the
simulated account; and of some in one stack. Each cell has a base and a network of its own.
Seconds of wall clock; MB is the most that all processes held at once: the engines, programs and
plugins of {parallel} cells. The simulated account answers at once, so this is what the engine
itself takes. With the real AWS provider add 170 to 430 MB a cell, and the minutes that AWS takes
for a cluster and its instance."""


@dataclass
class Peak:
    """The most memory that this process and its children held at once, in MB."""

    megabytes: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        own = psutil.Process()
        while not self._done.wait(SAMPLE_SECONDS):
            held = sum(map(_resident, [own, *own.children(recursive=True)]))
            self.megabytes = max(self.megabytes, held / 1e6)

    @contextmanager
    def watching(self) -> Iterator[None]:
        watcher = threading.Thread(target=self.watch)
        watcher.start()
        try:
            yield
        finally:
            self._done.set()
            watcher.join()


@dataclass(frozen=True, slots=True)
class Figure:
    """How a first `up` went. Seconds in all, of the longest cell, and of the cells' median."""

    sites: int
    cells: int
    resources: int
    seconds: float
    longest: float
    median: float
    megabytes: float


def measure(sites: int, sites_a_cell: int) -> Figure:
    """Brings up `sites` in cells. Raises RuntimeError if a cell fails."""
    with tempfile.TemporaryDirectory() as name:
        checkout = Checkout.make(Path(name) / "checkout")
        checkout.set(image=IMAGE, environment="local")
        checkout.write_sites(
            {
                f"site-{n}": {
                    "domains": [f"site-{n}.example.com"],
                    "cell": f"c{n // sites_a_cell}",
                }
                for n in range(sites)
            }
        )
        peak = Peak()
        with peak.watching():
            declared = read_declared(Target(folder=checkout.folder, environment="local"))
            begin = time.perf_counter()
            with up(declared, parallel=PARALLEL) as run:
                _show_progress(run, f"{sites:,} sites, {sites_a_cell} a cell")
                result = run.result()
            seconds = time.perf_counter() - begin
        return _figure(sites, result, seconds, peak, checkout)


def _show_progress(run: Run, description: str) -> None:
    ended = (each for each in run if isinstance(each.event, Ended))
    console = Console(stderr=True)
    for _ in track(ended, description, len(run.targets), console=console):
        pass


def _figure(
    sites: int, result: RunResult, seconds_in_all: float, peak: Peak, checkout: Checkout
) -> Figure:
    for cell in result.cells:
        if cell.errors:
            raise RuntimeError("\n".join(cell.errors))
    seconds = [cell.seconds for cell in result.cells]
    stacks = [Checkout(checkout.folder, cell.target.stack) for cell in result.cells]
    return Figure(
        sites=sites,
        cells=len(stacks),
        resources=sum(registered(stack.resources().values()) for stack in stacks),
        seconds=seconds_in_all,
        longest=max(seconds),
        median=statistics.median(seconds),
        megabytes=peak.megabytes,
    )


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:  # it has just ended
        return 0


def table(figures: list[Figure]) -> Table:
    """A row for each way to cut the fleet."""
    shown = Table(title="Many sites", title_justify="left")
    for head in (
        *("sites", "cells", "resources a cell"),
        *("s in all", "s a site", "longest cell s", "median cell s", "MB"),
    ):
        shown.add_column(head, justify="right")
    for each in figures:
        shown.add_row(
            *(f"{each.sites:,}", f"{each.cells}", f"{each.resources / each.cells:,.0f}"),
            *(f"{each.seconds:,.0f}", f"{each.seconds / each.sites:.2f}"),
            *(f"{each.longest:.0f}", f"{each.median:.0f}", f"{each.megabytes:,.0f}"),
        )
    return shown


def main(sites: int = SITES) -> None:
    """Measures, prints and records: after each cut, since all of them take over an hour."""
    figures: list[Figure] = []
    for cut in [*((one, one) for one in ONE_STACK), *((sites, cell) for cell in CELLS)]:
        figures.append(measure(*cut))
        publish("bench.scale", INTRO.format(sites=sites, parallel=PARALLEL), table(figures))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
