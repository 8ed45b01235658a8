"""Brings up a fleet, or as many plain resources, with the real engine, in this process.

    python -m bench.upped fleet|scheduled|edged SITES
    python -m bench.upped plain RESOURCES ADDED

By the Automation API with a program in this process and a backend in a folder. A fleet's account is
the simulator's. Prints JSON: resources registered, how many the last `up` added, and the seconds of
a first `up`, of one that changes nothing, and of one with one site (or ADDED resources) more. Each
side in a process of its own: the program of the fleet changes the SDK (program/sdk_tuning.py).
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi import automation

BIN = Path(__file__).parent / "bin"
# The checkout of the tests ends an engine that hangs; a large fleet takes longer than any test.
ENGINE_SECONDS = 1_200


class Plain(pulumi.CustomResource):
    """As little as a resource can be."""

    def __init__(self, name: str) -> None:
        options = pulumi.ResourceOptions(version="1.0.0")
        super().__init__("bench:index:Plain", name, {"text": "value", "number": 1}, options)


def up_scheduled(sites: int, folder: Path) -> dict[str, Any]:
    """A fleet whose sites have a task by the clock each, for WordPress's events."""
    return up_fleet(sites, folder, cron={"task": "own"})


def up_edged(sites: int, folder: Path) -> dict[str, Any]:
    """A fleet whose sites have a distribution, a certificate and their names each."""
    edge = {"zones": ["example.com"], "edge": "cloudfront", "allowHttp": None}
    return up_fleet(sites, folder, {**edge, "certificateArn": None})


def up_fleet(
    sites: int, folder: Path, settings: Mapping[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """A fleet of plain sites: a name, a domain and these fields each."""
    # Loads the AWS SDK before the clock starts: the plain program needs none.
    import components  # noqa: F401
    from simulator import happenings
    from tests.engine.checkout import IMAGE, Checkout

    os.environ["ENGINE_TEST_SECONDS"] = str(ENGINE_SECONDS)
    checkout = Checkout.make(folder / "fleet")
    happenings.host_zone(checkout.world, "example.com")
    checkout.set(image=IMAGE, **(settings or {}))
    checkout.create_stack()

    def up(count: int) -> int:
        checkout.write_sites(
            {f"site-{n}": {"domains": [f"site-{n}.example.com"], **fields} for n in range(count)}
        )
        seconds.append(_timed(checkout.up))
        return registered(checkout.resources().values())

    seconds: list[float] = []
    made, _, more = (up(count) for count in (sites, sites, sites + 1))
    return {"resources": made, "added": more - made, "seconds": seconds}


def registered(rows: Iterable[Mapping[str, Any]]) -> int:
    """How many resources of a state the program asked for, components among them."""
    return sum(not row["type"].startswith("pulumi:") for row in rows)


def up_plain(resources: int, added: int, folder: Path) -> dict[str, Any]:
    """Resources of two properties on a provider that does nothing."""
    (folder / "state").mkdir()
    count = resources
    variables = {
        "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
        "PULUMI_BACKEND_URL": f"{(folder / 'state').as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    options = automation.LocalWorkspaceOptions(
        work_dir=str(folder),
        env_vars=variables,
        pulumi_command=automation.PulumiCommand(root=str(BIN.parents[1] / ".venv")),
    )

    def program() -> None:
        for number in range(count):
            Plain(f"plain-{number}")

    stack = automation.create_stack("bench", "bench", program, opts=options)
    seconds = [_timed(stack.up), _timed(stack.up)]
    count += added
    seconds.append(_timed(stack.up))
    return {"resources": resources, "added": added, "seconds": seconds}


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


SIDES = {"fleet": up_fleet, "scheduled": up_scheduled, "edged": up_edged, "plain": up_plain}


def main() -> None:
    """What is asked for, as JSON."""
    kind, *counts = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        side = SIDES[kind]
        print(json.dumps(side(*map(int, counts), Path(folder))))


if __name__ == "__main__":
    main()
