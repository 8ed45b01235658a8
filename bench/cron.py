"""Runs of WordPress's events: how long one takes, and whether two tasks share them: `bench.cron`.

Writes a section of docs/benchmarks.md. Needs the Debian packages of setup/debian. Takes about
thirteen minutes, most of them asleep.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.report import machine, write_section
from bench.stage import stage
from fleet.plan.prices import read_prices
from fleet.plan.task_cost import run_usd
from fleet.site.cron import OWN_TASK, OWN_TASK_SECONDS
from fleet.site.model import Site
from fleet.site.scheduled import scheduled
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import StagedSite
from tests.runtime.test_cron import ask, prepared, started, told

RUNS = 9
MINUTES = 10
A_MINUTE = 60
REGION = "us-east-1"
RUNS_A_MONTH = 730 * 4  # each 15 minutes

TEXT = """\
## WordPress's events

`python -m bench.cron`: the container of a task of its own (`cron: {{task: own}}`, {cpu} CPU units,
{memory} MiB) without due events, from its start to its end, as the schedule starts it, beside one
MySQL over TLS: median and span of {runs} runs.

| | s |
| --- | ---: |
| start of the container to its end | {whole:.1f} ({least:.1f} to {most:.1f}) |

On Fargate the pull of the image comes before it and is billed, too, and a minute is the least. At
the {reckoned} s that `fleet plan` reckons with, a run costs {spot:.6f} USD on Spot and
{on_demand:.6f} on demand (ARM, {region}); each 15 minutes {spot_month:.2f} and {month:.2f} USD a
month. In serving tasks it costs nothing.

{events} events, one each minute, beside requests of two tasks: {ran} ran, {twice} of them twice,
the latest {late:.1f} s after its time.

{machine}"""


@dataclass(frozen=True, slots=True)
class Shared:
    """How the events of two tasks went."""

    events: int
    ran: int
    twice: int
    late: float


def run(site: StagedSite) -> float:
    """Seconds of one run. Raises RuntimeError for one that failed."""
    (task,) = scheduled(Site.model_validate({**site.fields, "name": site.name}))
    begun = time.monotonic()
    container = site.run("wordpress", task.command)
    status = container.wait()
    whole = time.monotonic() - begun
    if status:
        raise RuntimeError(container.output())
    return whole


def share(site: StagedSite) -> Shared:
    """Events each minute, scheduled by requests to two tasks in turns."""
    tasks = [started(site, FLEET_CRON_SECONDS="900") for _ in range(2)]
    begun = time.time()
    for number in range(MINUTES):
        ask(site, tasks[number % 2], events=f"note:{(number + 1) * A_MINUTE}:{number}")
    count = f"SELECT COUNT(*) >= {MINUTES} FROM notes"  # noqa: S608
    wait_until(lambda: site.sql(count).strip() == "1", "all ran", (MINUTES + 2) * A_MINUTE)
    time.sleep(A_MINUTE / 2)
    noted = site.sql("SELECT number, UNIX_TIMESTAMP(at) FROM notes").splitlines()
    rows = [row.split() for row in noted]
    late = max(float(at) - begun - (int(number) + 1) * A_MINUTE for number, at in rows)
    names = [number for number, _ in rows]
    if broke := [each for task in tasks for each in told(task, "broke")]:
        raise RuntimeError(str(broke))
    return Shared(MINUTES, len(set(names)), len(names) - len(set(names)), late)


def main() -> None:
    """Measures and records."""
    size = {"cpu": OWN_TASK.cpu, "memory": OWN_TASK.memory}
    with stage() as make:
        own = prepared(make(size=size, cron={"task": "own"}))
        times = [run(own) for _ in range(RUNS)]
        shared = share(prepared(make(mode="uploads")))
    write_section("bench.cron", _text(times, shared))


def _text(times: Sequence[float], shared: Shared) -> str:
    fargate = read_prices().regions[REGION].fargate
    spot, on_demand = (
        run_usd(
            fargate,
            "arm64",
            cpu=OWN_TASK.cpu,
            memory=OWN_TASK.memory,
            seconds=OWN_TASK_SECONDS,
            spot=on_spot,
        )
        for on_spot in (True, False)
    )
    return TEXT.format(
        cpu=OWN_TASK.cpu,
        memory=OWN_TASK.memory,
        runs=len(times),
        whole=statistics.median(times),
        least=min(times),
        most=max(times),
        reckoned=OWN_TASK_SECONDS,
        spot=spot,
        on_demand=on_demand,
        region=REGION,
        spot_month=spot * RUNS_A_MONTH,
        month=on_demand * RUNS_A_MONTH,
        events=shared.events,
        ran=shared.ran,
        twice=shared.twice,
        late=shared.late,
        machine=machine(),
    )


if __name__ == "__main__":
    main()
