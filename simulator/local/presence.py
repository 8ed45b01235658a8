"""That an agent runs for the account, and what it is at: an entry of the world, renewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psutil

from simulator.services.ecs.rollout import AGENT
from simulator.services.ecs.rollout import AGENT_KEY as KEY
from simulator.world import Resource, World


@dataclass
class Presence:
    """The agent's own entry."""

    world: World
    process: int

    def begin(self, port: int) -> None:
        """From now on the account's services are containers."""
        created = psutil.Process(self.process).create_time()
        props = {
            "process": self.process,
            "created": created,
            "port": port,
            "folders": [],
            "doing": "",
            "failed": "",
            "ready": False,
        }
        with self.world.change():
            self.world.write(Resource(AGENT, KEY, KEY, KEY, props))

    def write_on(self, folders: list[str]) -> None:
        """Where the engine keeps what is its own, for whoever asks whether there is room."""
        self.world.update(AGENT, KEY, folders=folders)

    def tell(self, line: str) -> None:
        """What it is at, for whoever waits for it."""
        self.world.update(AGENT, KEY, doing=line[:500])

    def fail(self, line: str) -> None:
        """What keeps it from running anything."""
        self.world.update(AGENT, KEY, failed=line, ready=False)

    def wait(self, line: str) -> None:
        """What it knows of the containers is old, until it has looked at them again."""
        self.world.update(AGENT, KEY, doing=line[:500], ready=False)

    def beat(self) -> None:
        """One look at everything is over."""
        found = agent_of(self.world)
        if found and not found["ready"]:
            self.world.update(AGENT, KEY, ready=True, doing="", failed="")

    def end(self) -> None:
        """The account is a file again."""
        with self.world.change():
            self.world.remove(AGENT, KEY)


def agent_of(world: World) -> dict[str, Any] | None:
    """The entry of the agent that keeps this account running, if one does."""
    found = world.get(AGENT, KEY)
    return found.props if found else None


def process_of(world: World) -> psutil.Process | None:
    """The agent's process, if it lives."""
    found = world.get(AGENT, KEY)
    if found is None:
        return None
    try:
        process = psutil.Process(int(found.props["process"]))
        alive = process.create_time() == found.props["created"]
    except psutil.NoSuchProcess:
        return None
    return process if alive and process.status() != psutil.STATUS_ZOMBIE else None
