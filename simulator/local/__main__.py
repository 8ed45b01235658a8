"""The agent's process: `python -m simulator.local FOLDER`, until it gets SIGTERM."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import sys
import time
from pathlib import Path

from docker.errors import DockerException
from requests.exceptions import RequestException

from simulator.local.agent import STEP_SECONDS, Agent
from simulator.local.engine import NoEngineError, connect
from simulator.local.mailbox import Mailbox
from simulator.local.place import Place
from simulator.local.presence import Presence
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
    while not ended:
        try:
            agent = agent or Agent(connect(place), world, presence)
            agent.step()
        except NoEngineError as error:
            log.error("%s", error)
            presence.fail(str(error))
            time.sleep(FAILURE_SECONDS)
        except (DockerException, RequestException) as error:
            log.exception("the engine")
            presence.lose_engine(f"the container engine: {error}")
            agent = None
            time.sleep(FAILURE_SECONDS)
        except Exception:
            # A mistake of ours with one thing must not end what keeps all others running.
            log.exception("a step")
            time.sleep(FAILURE_SECONDS)
        time.sleep(agent.pause if agent else STEP_SECONDS)
    return 0


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    sys.exit(main(Path(sys.argv[1])))
