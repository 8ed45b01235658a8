"""The program under mocks against the bare SDK registering as many plain resources.

python -m bench.program

The two take turns, each in a process of its own, so that what else the machine does hits both.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.report import publish
from fleet.plan.resources import plain_site_resources

SIZES = (10, 100, 400)
RUNS = 3
SECONDS_RATIO, MEGABYTES_RATIO = 1.3, 1.5

NAMES = {"program": "program", "aws": "log groups", "plain": "plain"}
KINDS = tuple(NAMES)

INTRO = f"""\
`python -m bench.program`: the program of the project against Pulumi's mocks, beside the bare SDK
registering as many resources: log groups with one tag, of the AWS SDK as the program's are, and
plain ones with two properties and no AWS SDK. Medians of {RUNS} runs, in turns, each in a new
process. Seconds are CPU seconds of registering, without imports; MB is the peak of the process,
of which the AWS SDK takes up to 100. A ratio is the program's cost to that of its row; aimed at:
{SECONDS_RATIO} for seconds and {MEGABYTES_RATIO} for memory. A plain site is
{plain_site_resources()} resources."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of several runs: resources registered, seconds, peak MB."""

    resources: int
    seconds: float
    megabytes: float


def compare(sites: int) -> dict[str, Cost]:
    """The program and its two measures, for as many resources."""
    runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sites.yaml"
        file.write_text(fleet_text(sites))
        for _ in range(RUNS):
            runs["program"].append(_run("program", str(file)))
            count = str(int(runs["program"][-1]["resources"]))
            for kind in KINDS[1:]:
                runs[kind].append(_run(kind, count))
    return {kind: _median(each) for kind, each in runs.items()}


def fleet_text(sites: int) -> str:
    """A sites.yaml of plain sites: a name and a domain each."""
    entries = (f"  site-{n}: {{domains: [site-{n}.example.com]}}" for n in range(sites))
    return "\n".join(["version: 1", "sites:", *entries]) + "\n"


def _run(kind: str, argument: str) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.mocked", kind, argument]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _median(runs: list[dict[str, float]]) -> Cost:
    keys = ("resources", "seconds", "megabytes")
    resources, seconds, megabytes = (statistics.median(run[key] for run in runs) for key in keys)
    return Cost(int(resources), seconds, megabytes)


def table(figures: Mapping[int, Mapping[str, Cost]]) -> Table:
    """A row for each size and kind, with its ratio: how many times its cost the program takes."""
    shown = Table(title="The program under mocks", title_justify="left")
    for head in ("sites", "resources", "a site"):
        shown.add_column(head, justify="right")
    shown.add_column("what")
    for head in ("s", "ratio", "MB", "ratio"):
        shown.add_column(head, justify="right")
    base = _resources_of_base(figures)
    for sites, costs in figures.items():
        program = costs["program"]
        a_site = (program.resources - base) / sites
        for kind, cost in costs.items():
            shown.add_row(
                *(f"{sites:,}", f"{cost.resources:,}", f"{a_site:.0f}", NAMES[kind]),
                *(f"{cost.seconds:.1f}", f"{program.seconds / cost.seconds:.2f}"),
                *(f"{cost.megabytes:,.0f}", f"{program.megabytes / cost.megabytes:.2f}"),
            )
    return shown


def _resources_of_base(figures: Mapping[int, Mapping[str, Cost]]) -> int:
    """What a fleet without sites would register, from the two smallest."""
    (few, fewer), (more, most) = (
        (sites, costs["program"].resources) for sites, costs in list(figures.items())[:2]
    )
    return round(fewer - few * (most - fewer) / (more - few))


def main() -> None:
    """Measures, prints and records."""
    console = Console(stderr=True)
    sizes = track(SIZES, description="program under mocks", console=console, transient=True)
    publish("bench.program", INTRO, table({sites: compare(sites) for sites in sizes}))


if __name__ == "__main__":
    main()
