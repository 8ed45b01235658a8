"""How long it takes to load, merge and validate generated fleets, and how much memory.

python -m bench.load
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from fleet.settings.model import Settings
from fleet.sites_file.load import load_fleet

# Number of sites -> seconds and MB that they may take on two cores.
LIMITS = {1_000: (0.5, 100), 10_000: (5.0, 500)}
RUNS = 5
SITES_A_CELL = 90

HEAD = """\
version: 1
defaults:
  tags: {Team: web}
profiles:
  shop:
    size: {cpu: 1024, memory: 2048}
    scaling: {min: 4, max: 20}
environments:
  dev:
    capacity: {on_demand_base: 0}
sites:
"""
SITE = """\
  site-{number}:
    domains: [site-{number}.example.com, www.site-{number}.example.com]
    profile: shop
    title: Site number {number}
    admin: {{email: owner-{number}@example.com}}
    cell: c{cell}
    scaling:
      max: 12
      requests: 1000
    database: {{min_acu: 0, max_acu: 2, pause_after: 600}}
    env:
      WP_MEMORY_LIMIT: 256M
    tags: {{Customer: customer-{customer}}}
    environments:
      dev: {{scaling: {{min: 1, max: 1}}}}
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians of several runs, each in a process of its own.

    `wall` and `cpu` are seconds of loading alone, `start` those of the interpreter and imports
    before it; `peak` is the most memory that the whole process had resident, in MB.
    """

    sites: int
    start: float
    wall: float
    cpu: float
    peak: float


def fleet_text(sites: int) -> str:
    """A sites.yaml of fifteen lines a site, with every layer in use."""
    entries = (
        SITE.format(number=number, cell=number // SITES_A_CELL, customer=number % 7)
        for number in range(sites)
    )
    return HEAD + "".join(entries)


def measure(sites: int) -> Figure:
    """Loads a generated fleet several times over."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sites.yaml"
        file.write_text(fleet_text(sites))
        runs = [_run(file) for _ in range(RUNS)]
    return Figure(sites, *(statistics.median(each) for each in zip(*runs, strict=True)))


def _run(file: Path) -> list[float]:
    command = [sys.executable, "-m", "bench.load", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def load_once(file: Path) -> list[float]:
    """Start, wall clock, CPU and peak of this process, which must be new."""
    settings = Settings(environment="dev", allow_http=True)
    start, wall = time.process_time(), time.perf_counter()
    load_fleet(file, settings)
    wall, cpu = time.perf_counter() - wall, time.process_time() - start
    # Linux counts in KiB.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return [start, wall, cpu, peak]


def table(figures: list[Figure]) -> Table:
    """The figures beside their limits."""
    columns = ("sites", "start s", "load s", "CPU s", "at most s", "peak MB", "at most MB")
    shown = Table(*columns, title="Load, merge and validate", title_justify="left")
    for column in shown.columns:
        column.justify = "right"
    for figure in figures:
        seconds, megabytes = LIMITS[figure.sites]
        times = (f"{value:.2f}" for value in (figure.start, figure.wall, figure.cpu))
        limits = (f"{seconds:g}", f"{figure.peak:.0f}", f"{megabytes}")
        shown.add_row(f"{figure.sites:,}", *times, *limits)
    return shown


def main() -> None:
    """Prints the table, or for a file given, the figures of loading it in this process."""
    if len(sys.argv) > 1:
        print(json.dumps(load_once(Path(sys.argv[1]))))
        return
    sizes = track(LIMITS, description="loading", console=Console(stderr=True), transient=True)
    Console().print(table([measure(sites) for sites in sizes]))


if __name__ == "__main__":
    main()
