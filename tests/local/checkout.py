"""A checkout whose environment `local` runs in containers, on a port of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import yaml
from docker.errors import APIError

from simulator.local import control
from simulator.local.databases import KINDS
from simulator.local.engine import LABEL, SWITCH, Engine, connect
from simulator.local.place import Place
from simulator.local.presence import process_of
from simulator.local.task import read_tasks
from simulator.world import World
from tests.engine.checkout import ROOT
from tests.operations.stage.cells import FLEET, Cells, environment
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.image import fleet_image, stand_in
from tests.runtime.stage.plain_http import ask
from tests.runtime.stage.podman import podman

SECONDS = 300
MYSQL = KINDS["mysql"][0]


@contextmanager
def stood_in() -> Iterator[None]:
    """Containers are allowed, of the official images or of stand-ins under the official names."""
    fleet_image()
    if not podman("images", "--quiet", MYSQL):
        podman("tag", stand_in("mysql"), MYSQL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, SWITCH, "")
        yield


class LocalCheckout(Cells):
    """Its `fleet` runs containers."""

    @classmethod
    def at(cls, folder: Path, port: int) -> LocalCheckout:
        """With the project's own settings of `local`, but for the port."""
        cls.make(folder)
        checkout = cls(folder)
        checkout.settings.write_text((ROOT / "Pulumi.local.yaml").read_text())
        own = {"local:port": port, "local:minute": 1, "local:resume": 1}
        checkout.configure(**own, **{"wordpress-fleet:protectData": False})
        return checkout

    def configure(self, **settings: Any) -> None:
        """Changes Pulumi.local.yaml, by whole keys; None takes one out."""
        document = yaml.safe_load(self.settings.read_text())
        config = {**document["config"], **settings}
        document["config"] = {key: value for key, value in config.items() if value is not None}
        self.settings.write_text(yaml.safe_dump(document))

    @property
    def place(self) -> Place:
        return Place(self.folder)

    def fleet(self, *arguments: str, **given: Any) -> subprocess.CompletedProcess[str]:
        """`fleet VERB --env local ...` with containers. `path`: whose programs come first."""
        verb, *rest = arguments
        variables = {SWITCH: ""}
        if path := given.get("path"):
            variables["PATH"] = f"{path}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [FLEET, verb, "--env", "local", *rest],
            cwd=self.folder,
            env=environment(None, variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def well(self, *arguments: str) -> str:
        """What a command prints that must succeed."""
        done = self.fleet(*arguments)
        assert done.returncode == 0, f"{arguments}:\n{done.stdout}\n{done.stderr}\n{self.log()}"
        return done.stdout

    def log(self) -> str:
        """The end of the agent's own, and why tasks ended."""
        path = self.place.local / "running/agent/log"
        if not path.exists():
            return ""
        with self.account() as world:
            ends = [f"{one.group} {one.reason}" for one in read_tasks(world) if one.reason]
        return "\n".join([path.read_text()[-3000:], *ends])

    @contextmanager
    def account(self) -> Iterator[World]:
        """What the agent keeps running."""
        world = World(self.place.world)
        try:
            yield world
        finally:
            world.close()

    def address(self, site: str) -> str:
        """As `up` prints it."""
        return f"http://{site}.localhost:{self.place.port}"

    def get(self, site: str, path: str = "/", **given: Any) -> httpx.Response:
        """A request to the load balancer, as a browser of this machine makes it."""
        host = f"{site}.localhost:{self.place.port}"
        url = f"http://127.0.0.1:{self.place.port}{path}"
        return ask(url, headers={"Host": host}, **given)

    def engine(self) -> Engine:
        return connect(self.place)

    def containers(self) -> list[dict[str, Any]]:
        """All of the checkout's, as the engine lists them."""
        engine = self.engine()
        try:
            return engine.containers()
        finally:
            engine.close()

    def states(self, part: str) -> set[str]:
        """Of the containers whose names hold `part`."""
        return {one["State"] for one in self.containers() if part in one["Names"][0]}

    def tasks(self, site: str) -> set[str]:
        """The names of the running WordPress containers of a site."""
        running = [one for one in self.containers() if one["State"] == "running"]
        names = [one["Names"][0].lstrip("/") for one in running]
        return {name for name in names if f"-{site}-" in name and name.endswith("-wordpress")}

    def made_of(self, site: str) -> set[tuple[str, int]]:
        """Image and MiB of memory of a site's serving tasks; those that leave may still run."""
        ids = {number[:12] for number in self.serving(site)}
        engine = self.engine()
        try:
            names = [name for name in self.tasks(site) if any(number in name for number in ids)]
            found = [engine.inspect(name) for name in names]
            return {
                (one["Config"]["Image"], one["HostConfig"]["Memory"] // 1024**2)
                for one in found
                if one
            }
        finally:
            engine.close()

    def serving(self, site: str) -> set[str]:
        """The ids of the site's tasks that the load balancer sends requests to."""
        with self.account() as world:
            return {one.id for one in read_tasks(world) if one.service == site and one.serves}

    @contextmanager
    def following(self, site: str) -> Iterator[list[str]]:
        """`fleet logs SITE --follow` meanwhile; the list has the lines that it printed."""
        lines: list[str] = []
        process = subprocess.Popen(
            [FLEET, "logs", site, "--env", "local", "--follow"],
            cwd=self.folder,
            env=environment(None, {SWITCH: ""}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
        reader.start()
        try:
            yield lines
        finally:
            process.terminate()
            process.wait(30)
            reader.join()

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

    def kill(self, part: str = "") -> None:
        """The containers whose names hold `part`, with SIGKILL."""
        # Not by the agent's own service for podman, which may have ended with it.
        engine = self.engine()
        try:
            for each in engine.containers():
                # Some end by themselves once what they need is gone.
                with suppress(APIError):
                    if part in each["Names"][0]:
                        engine.client.api.kill(each["Id"])
        finally:
            engine.close()

    def kill_agent(self) -> None:
        """With SIGKILL."""
        agent = self._agent()
        agent.kill()
        agent.wait(30)

    def kill_engine(self) -> None:
        """With SIGKILL; the containers go on. Waits until the agent has started it again."""
        (service,) = self._services()
        service.kill()
        self.until(lambda: self._services() - {service}, "the agent has an engine again")

    def _services(self) -> set[psutil.Process]:
        """The engine's that the agent has started."""
        alive = (one for one in self._agent().children() if one.status() != psutil.STATUS_ZOMBIE)
        return {one for one in alive if "service" in one.cmdline()}

    def _agent(self) -> psutil.Process:
        with self.account() as world:
            process = process_of(world)
        assert process is not None
        return process

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

    def processes(self) -> list[str]:
        """The command lines of the checkout's processes: agent, engine's service, mounts."""
        found = psutil.process_iter(["cmdline"])
        lines = [" ".join(one.info["cmdline"] or ()) for one in found]
        return [line for line in lines if str(self.folder) in line]

    def is_listening(self) -> bool:
        """Whether anybody listens on the checkout's port."""
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.place.port)) == 0

    def until(self, condition: Callable[[], object], what: str, patience: float = 120) -> None:
        """`wait_until`, with the agent's log in what it raises."""
        try:
            wait_until(condition, what, patience)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.log()}") from error

    def clear(self) -> None:
        """Nothing of it stays on the machine."""
        control.remove(self.place)
