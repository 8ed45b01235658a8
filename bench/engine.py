"""The real engine on a fleet against the engine on as many plain resources of a trivial provider.

    python -m bench.engine

Both by the Automation API with a program in this process and a backend in a folder. A fleet's
account is the simulator's.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pulumi
from pulumi import automation
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.report import publish
from tests.engine.checkout import IMAGE, Checkout

SIZES = (10, 25, 40)
RATIO = 1.5
BIN = Path(__file__).parent / "bin"
VERBS = ("first up", "up, no change", "up, one site more")

INTRO = f"""\
`python -m bench.engine`: seconds of `up` on the real engine with its state in a folder, for a fleet
of plain sites on the simulated account, and for as many plain resources, two properties each, on a
provider that does nothing (`bench/trivial_provider.py`). Aimed at: {RATIO} times the plain
resources. The engine writes the whole state at each step, so a first `up` grows with the square of
the resources."""


T = TypeVar("T")


class Plain(pulumi.CustomResource):
    """As little as a resource can be."""

    def __init__(self, name: str) -> None:
        options = pulumi.ResourceOptions(version="1.0.0")
        super().__init__("bench:index:Plain", name, {"text": "value", "number": 1}, options)


@dataclass(frozen=True, slots=True)
class Seconds:
    """Of the three verbs, in order, and how many resources the first one made."""

    resources: int
    verbs: tuple[float, ...]


def time_fleet(sites: int, folder: Path) -> tuple[Seconds, int]:
    """The fleet's seconds, and how many resources the one site more made."""
    # Loads the AWS SDK before the clock starts: the plain program needs none.
    import components  # noqa: F401

    checkout = Checkout.make(folder / "fleet")
    checkout.set(image=IMAGE)

    def up(count: int) -> int:
        checkout.write_sites(
            {f"site-{n}": {"domains": [f"site-{n}.example.com"]} for n in range(count)}
        )
        checkout.up()
        return registered(checkout.resources().values())

    (first, made), (same, _), (more, all_) = (
        _timed(lambda count=count: up(count)) for count in (sites, sites, sites + 1)
    )
    return Seconds(made, (first, same, more)), all_ - made


def registered(rows: Iterable[Mapping[str, Any]]) -> int:
    """How many resources of a state the program asked for, components among them."""
    return sum(not row["type"].startswith("pulumi:") for row in rows)


def time_plain(resources: int, added: int, folder: Path) -> Seconds:
    """As many plain resources, and as many more."""
    (folder / "state").mkdir()
    count = resources
    variables = {
        "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
        "PULUMI_BACKEND_URL": f"{(folder / 'state').as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    options = automation.LocalWorkspaceOptions(
        env_vars=variables,
        pulumi_command=automation.PulumiCommand(root=str(BIN.parents[1] / ".venv")),
    )

    def program() -> None:
        for number in range(count):
            Plain(f"plain-{number}")

    stack = automation.create_stack("bench", "bench", program, opts=options)
    first, _ = _timed(stack.up)
    same, _ = _timed(stack.up)
    count += added
    more, _ = _timed(stack.up)
    return Seconds(resources, (first, same, more))


def _timed(action: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def compare(sites: int) -> tuple[Seconds, Seconds]:
    """The fleet and the plain resources."""
    with tempfile.TemporaryDirectory() as name:
        fleet, added = time_fleet(sites, Path(name))
        return fleet, time_plain(fleet.resources, added, Path(name))


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


def main() -> None:
    """Measures, prints and records."""
    console = Console(stderr=True)
    sizes = track(SIZES, description="the engine", console=console, transient=True)
    publish("bench.engine", INTRO, table({sites: compare(sites) for sites in sizes}))


if __name__ == "__main__":
    main()
