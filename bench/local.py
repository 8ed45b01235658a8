"""Twenty sites at once in the environment `local`: `bench.local`.

Writes a section of docs/benchmarks.md. Needs a container engine, 6 GB of memory and ten minutes.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import ephemeral_port_reserve
import psutil

from bench.report import machine, write_section
from tests.local.checkout import LocalCheckout, stood_in
from tests.local.sites import one

SITES = 20
MEBIBYTE = 1024 * 1024
TEXT = """\
## Twenty sites on one machine

`python -m bench.local`: {sites} sites of one task each in the environment `local`, with one MySQL
server for all, on an account with nothing in it; images are there.

| | |
| --- | ---: |
| `fleet up` until all serve, s | {up:.0f} |
| a second `fleet up`, which changes nothing, s | {again:.0f} |
| memory of the task of a site, MiB | {task:.0f} |
| memory of the MySQL server, MiB | {database:.0f} |
| memory of the load balancer, MiB | {balancer:.0f} |
| memory of the agent and the engine's service, MiB | {agent:.0f} |
| memory of the machine that all of it takes, MiB | {whole:.0f} |
| `fleet destroy`, s | {destroy:.0f} |

What limits it: a site's first start installs WordPress, half a core for some seconds, so the time
goes with the cores; then memory, at the figure of a task for each site.

{machine}"""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of a command, and what it printed."""

    seconds: float
    printed: str


def timed(checkout: LocalCheckout, *words: str) -> Took:
    """Runs a verb that must succeed."""
    begun = time.monotonic()
    printed = checkout.well(*words)
    return Took(time.monotonic() - begun, printed)


def memory(checkout: LocalCheckout) -> dict[str, float]:
    """MiB of the containers by their kind: the mean of the tasks, the sum of the others."""
    engine = checkout.engine()
    try:
        found: dict[str, list[float]] = {"wordpress": [], "-db-": [], "balancer": []}
        for each in engine.containers():
            name = each["Names"][0]
            kind = next((kind for kind in found if kind in name), None)
            if kind and each["State"] == "running":
                stats = engine.client.api.stats(each["Id"], stream=False, one_shot=True)
                found[kind].append(stats["memory_stats"]["usage"] / MEBIBYTE)
    finally:
        engine.close()
    tasks = found["wordpress"]
    return {
        "task": sum(tasks) / len(tasks),
        "database": sum(found["-db-"]),
        "balancer": sum(found["balancer"]),
    }


def of_processes(checkout: LocalCheckout) -> float:
    """MiB of the checkout's own processes: the agent, the engine's service, mounts."""
    folder = str(checkout.folder)
    return sum(
        each.info["memory_info"].rss / MEBIBYTE
        for each in psutil.process_iter(["cmdline", "memory_info"])
        if folder in " ".join(each.info["cmdline"] or ())
    )


def main() -> None:
    """Measures and writes the section."""
    with stood_in(), tempfile.TemporaryDirectory() as folder:
        port = ephemeral_port_reserve.reserve("127.0.0.1")
        checkout = LocalCheckout.at(Path(folder) / "checkout", port)
        names = [f"site-{number}" for number in range(1, SITES + 1)]
        checkout.write_sites({name: one(name) for name in names})
        free = psutil.virtual_memory().available
        try:
            up = timed(checkout, "up", "--skip-preview")
            whole = (free - psutil.virtual_memory().available) / MEBIBYTE
            used, agent = memory(checkout), of_processes(checkout)
            again = timed(checkout, "up", "--skip-preview")
            destroy = timed(checkout, "destroy", "--yes")
        finally:
            checkout.clear()
    text = TEXT.format(
        sites=SITES,
        up=up.seconds,
        again=again.seconds,
        destroy=destroy.seconds,
        agent=agent,
        whole=whole,
        machine=machine(),
        **used,
    )
    write_section("bench.local", text)


if __name__ == "__main__":
    main()
