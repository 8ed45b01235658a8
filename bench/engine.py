"""The real engine on a fleet against the engine on as many plain resources of a trivial provider.

    python -m bench.engine [schedules|edge]

With a word it measures a fleet with schedules or with an edge alone, against one without.
"""

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.report import publish

# Sites, and how many runs: the larger ones take minutes.
SIZES = {10: 3, 25: 1, 40: 1}
RATIO = 1.5
# A cell of the thousand sites of docs/scale.md.
SCHEDULED = 25
EDGED = 40
VERBS = ("first up", "up, no change", "up, one site more")

INTRO = f"""\
`python -m bench.engine`: seconds of `up` on the real engine with its state in a folder, for a fleet
of plain sites on the simulated account, and for as many plain resources, two properties each, on a
provider that does nothing (`bench/trivial_provider.py`). Each side in a process of its own, in
turns (`bench/upped.py`); of 10 sites the medians of {SIZES[10]} runs. Aimed at: {RATIO} times the
plain resources. The engine writes the whole state at each step, so a first `up` grows with the
square of the resources."""


SCHEDULES = f"""\
`python -m bench.engine schedules`: seconds of `up` for {SCHEDULED} sites, of which each has a task
of its own for WordPress's events (`cron: {{task: own}}`): a schedule, and a role with its policy
that starts it. 1,000 sites with schedules are 40 such cells."""


EDGE = f"""\
`python -m bench.engine edge`: seconds of `up` for {EDGED} sites behind CloudFront (`edge:
cloudfront`): a distribution, its logs, a certificate with its proof and two alias records each.
CloudFront's own deployments aren't waited for, on AWS neither."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Of the three verbs, in order, and how many resources the first one made."""

    resources: int
    verbs: tuple[float, ...]


def compare(sites: int, runs: int) -> tuple[Seconds, Seconds]:
    """The fleet and the plain resources."""
    fleets, plains = list[list[float]](), list[list[float]]()
    resources = 0
    for _ in range(runs):
        fleet = _run("fleet", sites)
        resources = fleet["resources"]
        fleets.append(fleet["seconds"])
        plains.append(_run("plain", resources, fleet["added"])["seconds"])
    return _medians(resources, fleets), _medians(resources, plains)


def _run(kind: str, *counts: int) -> dict:
    command = [sys.executable, "-W", "ignore", "-m", "bench.upped", kind, *map(str, counts)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def _medians(resources: int, runs: list[list[float]]) -> Seconds:
    return Seconds(resources, tuple(statistics.median(verb) for verb in zip(*runs, strict=True)))


def table(figures: dict[int, tuple[Seconds, Seconds]]) -> Table:
    """A row for each size and verb."""
    shown = Table(title="The engine", title_justify="left")
    shown.add_column("sites", justify="right")
    shown.add_column("resources", justify="right")
    shown.add_column("verb")
    for head in ("fleet s", "plain s", "ratio"):
        shown.add_column(head, justify="right")
    for sites, (fleet, plain) in figures.items():
        for verb, ours, theirs in zip(VERBS, fleet.verbs, plain.verbs, strict=True):
            ratio = f"{ours / theirs:.2f}"
            cells = (f"{fleet.resources:,}", verb, f"{ours:.1f}", f"{theirs:.1f}", ratio)
            shown.add_row(str(sites), *cells)
    return shown


def compare_with(kind: str, what: str, sites: int) -> Table:
    """A fleet of a kind of `bench.upped`, beside a plain one."""
    shown = Table(title=f"The engine with {what}", title_justify="left")
    shown.add_column("fleet")
    for head in ("resources", *(f"{verb} s" for verb in VERBS)):
        shown.add_column(head, justify="right")
    for each, named in (("fleet", "plain"), (kind, f"with {what}")):
        found = _run(each, sites)
        shown.add_row(named, str(found["resources"]), *(f"{s:.1f}" for s in found["seconds"]))
    return shown


def main() -> None:
    """Measures, prints and records."""
    alone = sys.argv[1:]
    if alone in ([], ["schedules"]):
        publish("bench.schedules", SCHEDULES, compare_with("scheduled", "schedules", SCHEDULED))
    if alone in ([], ["edge"]):
        publish("bench.edge", EDGE, compare_with("edged", "an edge", EDGED))
    if alone:
        return
    console = Console(stderr=True)
    sizes = track(SIZES.items(), description="the engine", console=console, transient=True)
    publish("bench.engine", INTRO, table({sites: compare(sites, runs) for sites, runs in sizes}))


if __name__ == "__main__":
    main()
