"""Tasks that follow the load, on the environment `local`: writes docs/scaling.svg.

python -m bench.scaling

Needs a container engine and four minutes. A minute of autoscaling is five seconds here.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ephemeral_port_reserve
import httpx
import yaml

from bench.plot import Series, svg
from bench.report import machine, write_section
from simulator.local.place import MINUTE_KEY
from tests.local.checkout import LocalCheckout, stood_in
from tests.local.sites import on_spot

PICTURE = Path(__file__).parents[1] / "docs/scaling.svg"
MINUTE = 5
# By 40 requests a second two tasks have twice of it, and four just as much.
REQUESTS_A_TARGET = 600
VISITORS, PAUSE_SECONDS = 4, 0.1
SITE = on_spot(
    scaling={"min": 2, "max": 4, "requests": REQUESTS_A_TARGET, "cpu": 75, "cooldown": 60}
)
TEXT = """\
## Tasks that follow the load

`python -m bench.scaling`: one site of 2 to 4 tasks on Spot in the environment `local`, which is to
have {target} requests a task and minute; {visitors} visitors ask without pause for its front page.
A minute of autoscaling takes {minute} s here (`local:minute`). Under the load a Spot task is taken
back. Of {asked:,} requests {failed} failed.

![requests, CPU and tasks over time](scaling.svg)

{machine}"""


class Visitors:
    """What they asked for, and how often it failed."""

    def __init__(self, checkout: LocalCheckout) -> None:
        self.host = {"Host": checkout.address("blog").removeprefix("http://")}
        self.url = f"http://127.0.0.1:{checkout.place.port}/"
        self.asked, self.failed = 0, 0
        self._over = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._ask) for _ in range(VISITORS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _ask(self) -> None:
        with httpx.Client(headers=self.host, timeout=30) as client:
            while not self._over.is_set():
                try:
                    well = client.get(self.url).status_code == httpx.codes.OK
                except httpx.HTTPError:
                    well = False
                self.asked, self.failed = self.asked + 1, self.failed + (not well)
                time.sleep(PAUSE_SECONDS)


def measure(checkout: LocalCheckout) -> tuple[Visitors, dict[str, float]]:
    """Two tasks, four by load, and two again. Returns the moments of what happened, too."""
    visitors, moments = Visitors(checkout), {}
    time.sleep(3 * MINUTE)
    moments["visitors come"] = time.time()
    with visitors.at_work():
        checkout.until(lambda: len(checkout.serving("blog")) == 4, "four tasks", 300)
        time.sleep(2 * MINUTE)
        moments["interruption"] = time.time()
        checkout.well("interrupt", "blog")
        time.sleep(4 * MINUTE)
    moments["visitors go"] = time.time()
    checkout.until(lambda: len(checkout.tasks("blog")) == 2, "two tasks", 600)
    time.sleep(2 * MINUTE)
    return visitors, moments


def draw(lines: list[dict[str, Any]], moments: dict[str, float]) -> str:
    """The picture of what the agent noted."""
    begun = lines[0]["time"]

    def points(value: str, factor: str = "") -> list[tuple[float, float]]:
        return [
            (one["time"] - begun, one[value] * (one[factor] / 60 if factor else 1))
            for one in lines
            if value in one
        ]

    series = [
        Series("requests a second", points("requests", "serving")),
        Series("CPU of a task's share, %", points("cpu")),
        Series("tasks that serve", points("serving"), steps=True),
    ]
    return svg(series, [(at - begun, word) for word, at in moments.items()])


def main() -> None:
    """Measures, draws and writes the section."""
    with stood_in(), tempfile.TemporaryDirectory() as folder:
        port = ephemeral_port_reserve.reserve("127.0.0.1")
        checkout = LocalCheckout.at(Path(folder) / "checkout", port)
        settings = yaml.safe_load(checkout.settings.read_text())
        settings["config"][MINUTE_KEY] = MINUTE
        checkout.settings.write_text(yaml.safe_dump(settings))
        checkout.write_sites({"blog": SITE})
        try:
            checkout.well("up", "--skip-preview")
            visitors, moments = measure(checkout)
            noted = (checkout.place.room("agent") / "scaling").read_text().splitlines()
        finally:
            checkout.clear()
    PICTURE.write_text(draw([json.loads(line) for line in noted], moments))
    text = TEXT.format(
        target=REQUESTS_A_TARGET,
        visitors=VISITORS,
        minute=MINUTE,
        asked=visitors.asked,
        failed=visitors.failed,
        machine=machine(),
    )
    write_section("bench.scaling", text)


if __name__ == "__main__":
    main()
