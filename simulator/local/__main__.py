"""The agent's process: `python -m simulator.local FOLDER`, until it gets SIGTERM."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import sqlite3
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from docker.errors import DockerException
from requests.exceptions import RequestException

from simulator.local.agent import STEP_SECONDS, Agent
from simulator.local.engine import NoEngineError, connect
from simulator.local.mailbox import Mailbox
from simulator.local.place import Place
from simulator.local.presence import Presence, agent_of
from simulator.local.trouble import shortage
from simulator.world import World

FAILURE_SECONDS = 3.0
log = logging.getLogger("agent")


def main(folder: Path) -> int:
    place = Place(folder)
    with (place.room("agent") / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0  # another one runs
        return _run(place)


def _run(place: Place) -> int:
    ended: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: ended.append(number))
    world = World(place.world)
    presence = Presence(world, os.getpid())
    presence.begin(place.port)
    Mailbox(place).open()
    agent: Agent | None = None
    room = Room(place, world, presence)
    while not ended:
        try:
            agent = agent or _agent(place, world, presence)
            if room.is_there():
                agent.step()
        except NoEngineError as error:
            log.error("%s", error)
            presence.fail(str(error))
            time.sleep(FAILURE_SECONDS)
        except (DockerException, RequestException) as error:
            log.exception("the engine")
            presence.wait(f"the container engine: {error}")
            agent = None
            time.sleep(FAILURE_SECONDS)
        except Exception:
            # A mistake of ours with one thing must not end what keeps all others running.
            log.exception("a step")
            time.sleep(FAILURE_SECONDS)
        time.sleep(agent.pause if agent else STEP_SECONDS)
    return 0


def _agent(place: Place, world: World, presence: Presence) -> Agent:
    engine = connect(place)
    presence.write_on([engine.folder])
    return Agent(engine, world, presence)


@dataclass
class Room:
    """Whether the disks have room: on a full one every start fails, and is counted as a failure."""

    place: Place
    world: World
    presence: Presence
    told: str | None = None

    def is_there(self) -> bool:
        """Says what has changed since the last look."""
        line = shortage(self.place, agent_of(self.world))
        if line and not self.told:
            log.error("%s", line)
            with suppress(sqlite3.OperationalError):  # of the disk that is full
                self.presence.wait(line)
        if self.told and not line:
            log.info("there is room again")
        self.told = line
        return line is None


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    sys.exit(main(Path(sys.argv[1])))
