"""How long `fleet --help` and `fleet plan` for 1,000 sites take, as a person meets them.

python -m bench.plan
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

FLEET = Path(sys.executable).with_name("fleet")
SITES = 1_000
SITES_A_CELL = 35
RUNS = 7
HELP_SECONDS = 0.3
PLAN_SECONDS = 2.0

SETTINGS = """\
config:
  aws:region: us-east-1
  wordpress-fleet:adminEmail: web@example.com
  wordpress-fleet:allowHttp: true
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians of several runs, in seconds. CPU time is what an idle machine would take."""

    name: str
    wall: float
    cpu: float
    limit: float


def measure() -> list[Figure]:
    """Runs the commands on a fleet written for the purpose."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sites.yaml").write_text(fleet_text(SITES))
        (folder / "Pulumi.prod.yaml").write_text(SETTINGS)
        return [
            _figure("fleet --help", folder, ["--help"], HELP_SECONDS),
            _figure(
                f"fleet plan, {SITES:,} sites", folder, ["plan", "--env", "prod"], PLAN_SECONDS
            ),
        ]


def fleet_text(sites: int) -> str:
    """A sites.yaml with two profiles, two domains a site, and cells of 35."""
    lines = [
        "version: 1",
        "profiles:",
        "  shop: {size: {cpu: 1024, memory: 2048}, scaling: {min: 4, max: 20}}",
        "  small: {database: {min_acu: 0, max_acu: 2}}",
        "sites:",
    ]
    for number in range(sites):
        lines += [
            f"  site-{number}:",
            f"    domains: [s{number}.example.com, www.s{number}.example.com]",
            f"    cell: c{number // SITES_A_CELL}",
            f"    profile: {'shop' if number % 4 == 0 else 'small'}",
        ]
    return "\n".join(lines) + "\n"


def _figure(name: str, folder: Path, arguments: list[str], limit: float) -> Figure:
    walls, cpus = zip(*(_run(folder, arguments) for _ in range(RUNS)), strict=True)
    return Figure(name, statistics.median(walls), statistics.median(cpus), limit)


def _run(folder: Path, arguments: list[str]) -> tuple[float, float]:
    """Seconds of wall clock and of CPU that one run takes."""
    cpu, start = _cpu_of_children(), time.perf_counter()
    subprocess.run([FLEET, *arguments], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start, _cpu_of_children() - cpu


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    for figure in measure():
        print(
            f"{figure.name}: {figure.wall:.2f} s, {figure.cpu:.2f} s of CPU; "
            f"at most {figure.limit:g} s"
        )
