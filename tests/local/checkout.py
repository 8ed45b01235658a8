"""A checkout whose environment `local` runs in containers, on a port of its own."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from simulator.local import control
from simulator.local.engine import LABEL, Engine, connect
from simulator.local.place import Place
from simulator.local.presence import process_of
from simulator.local.task import read_tasks
from simulator.world import World
from tests.engine.checkout import ROOT
from tests.operations.stage.cells import FLEET, Cells, environment
from tests.runtime.stage.container import wait_until

SECONDS = 300


def one(name: str, **fields: Any) -> dict[str, Any]:
    """A small site of one task."""
    return {
        "domains": [f"{name}.example.com"],
        "database": {"placement": "shared"},
        "scaling": {"min": 1, "max": 1},
        "health": {"grace": 20},
        **fields,
    }


def on_spot(**fields: Any) -> dict[str, Any]:
    """`blog`: two tasks, all on Spot."""
    own = {
        "scaling": {"min": 2, "max": 2},
        "capacity": {"on_demand_base": 0, "on_demand_weight": 0},
    }
    return one("blog", **{**own, **fields})


class LocalCheckout(Cells):
    """Its `fleet` runs containers."""

    @classmethod
    def at(cls, folder: Path, port: int) -> LocalCheckout:
        """With the project's own settings of `local`, but for the port."""
        cls.make(folder)
        settings = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())
        settings["config"] |= {"local:port": port, "wordpress-fleet:protectData": False}
        (folder / "Pulumi.local.yaml").write_text(yaml.safe_dump(settings))
        return cls(folder)

    @property
    def place(self) -> Place:
        return Place(self.folder)

    def fleet(self, *arguments: str, **given: Any) -> subprocess.CompletedProcess[str]:
        """`fleet VERB --env local ...` with containers."""
        verb, *rest = arguments
        return subprocess.run(
            [FLEET, verb, "--env", "local", *rest],
            cwd=self.folder,
            env=environment(None, {"FLEET_CONTAINERS": "", **given.pop("variables", {})}),
            input=given.pop("answer", ""),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def well(self, *arguments: str, **given: Any) -> str:
        """What a command prints that must succeed."""
        done = self.fleet(*arguments, **given)
        assert done.returncode == 0, f"{arguments}:\n{done.stdout}\n{done.stderr}\n{self.log()}"
        return done.stdout

    def log(self) -> str:
        """The end of the agent's own."""
        path = self.place.local / "running/agent/log"
        return path.read_text()[-3000:] if path.exists() else ""

    def address(self, site: str) -> str:
        """As `up` prints it."""
        return f"http://{site}.localhost:{self.place.port}"

    def get(self, site: str, path: str = "/", **given: Any) -> httpx.Response:
        """A request to the load balancer, as a browser of this machine makes it."""
        host = f"{site}.localhost:{self.place.port}"
        url = f"http://127.0.0.1:{self.place.port}{path}"
        return httpx.get(url, headers={"Host": host}, timeout=30, **given)

    def engine(self) -> Engine:
        return connect(self.place)

    def tasks(self, site: str) -> set[str]:
        """The names of the running WordPress containers of a site."""
        engine = self.engine()
        try:
            running = [one for one in engine.containers() if one["State"] == "running"]
            names = [one["Names"][0].lstrip("/") for one in running]
        finally:
            engine.close()
        return {name for name in names if f"-{site}-" in name and name.endswith("-wordpress")}

    def serving(self, site: str) -> set[str]:
        """The ids of the site's tasks that the load balancer sends requests to."""
        world = World(self.place.world)
        try:
            return {one.id for one in read_tasks(world) if one.service == site and one.serves}
        finally:
            world.close()

    @contextmanager
    def visited(self, site: str) -> Iterator[list[str]]:
        """Somebody asks the site without pause meanwhile; what went wrong is in the list."""
        wrong: list[str] = []
        over = threading.Event()

        def ask() -> None:
            while not over.is_set():
                try:
                    answer = self.get(site)
                except httpx.HTTPError as error:
                    wrong.append(repr(error))
                else:
                    if answer.status_code != httpx.codes.OK:
                        wrong.append(f"{answer.status_code}: {answer.text[:200]}")
                time.sleep(0.1)

        visitors = [threading.Thread(target=ask) for _ in range(2)]
        for visitor in visitors:
            visitor.start()
        try:
            yield wrong
        finally:
            over.set()
            for visitor in visitors:
                visitor.join()

    def kill_agent(self) -> None:
        """With SIGKILL."""
        world = World(self.place.world)
        process = process_of(world)
        world.close()
        assert process is not None
        process.kill()
        process.wait(30)

    def leftovers(self) -> list[str]:
        """All that the checkout has on the machine: containers, networks, volumes, mounts."""
        mine = {"label": f"{LABEL}={self.place.name}"}
        engine = self.engine()
        try:
            api = engine.client.api
            return [
                *(one["Names"][0] for one in engine.containers()),
                *(one["Name"] for one in api.networks(filters=mine)),
                *engine.volumes(),
                *(
                    line
                    for line in Path("/proc/mounts").read_text().splitlines()
                    if str(self.folder) in line
                ),
            ]
        finally:
            engine.close()

    def until(self, condition: Callable[[], object], what: str, patience: float = 120) -> None:
        """`wait_until`, with the agent's log in what it raises."""
        try:
            wait_until(condition, what, patience)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.log()}") from error

    def clear(self) -> None:
        """Nothing of it stays on the machine."""
        control.remove(self.place)
