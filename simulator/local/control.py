"""Starting and ending the agent, from the processes of `fleet`."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from simulator.local import access_point, engine, port, services
from simulator.local.databases import Databases
from simulator.local.development import DEVELOPMENT
from simulator.local.orders import INTERRUPTED, SPOT, ask_to_stop
from simulator.local.place import Place
from simulator.local.presence import Presence, agent_of, process_of
from simulator.local.snapshots import SnapshotError
from simulator.local.task import Task, read_tasks
from simulator.local.trouble import shortage
from simulator.services.ecs.rollout import SERVICE
from simulator.services.lb.calls import LOAD_BALANCER
from simulator.services.rds.calls import CLUSTER
from simulator.world import World

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0
END_SECONDS = 60.0
# The first time the image is built: minutes.
SERVED_SECONDS = 1200.0
LOOK_SECONDS = 0.2
REMOVERS = 8  # containers at a time
DATABASE = "-db-"  # in the names of what holds data


Told = Callable[[str], object]


class LocalError(Exception):
    """What keeps the sites from running; its text says what to do."""


def start(place: Place, told: Told) -> None:
    """Starts the agent where there is an engine, unless it runs, and waits for its images.

    `told` hears what that waits for, each line once. Raises LocalError.
    """
    if not engine.is_there():
        return
    # Which the account's own file needs, too.
    if short := shortage(place, None):
        raise LocalError(short)
    with closing(World(place.world)) as world:
        if process_of(world) is None:
            _start(place, world)
        for agent in _looks(place, world, told):
            if agent["failed"]:
                raise LocalError(str(agent["failed"]))
            if agent["ready"]:
                return


def check_room(place: Place) -> None:
    """Raises LocalError where a disk of what runs, or ran, is full."""
    short = shortage(place, None)
    if short is None:
        with closing(World(place.world)) as world:
            short = shortage(place, agent_of(world))
    if short:
        raise LocalError(f"{short}. `make clean` gives all of it up")


def _start(place: Place, world: World) -> None:
    _check_port(place)
    log = _log(place)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator.local", str(place.folder.resolve())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while process_of(world) is None:
        if process.poll() is not None or time.monotonic() > deadline:
            raise LocalError(f"the agent that runs the sites doesn't start; see {log}")
        time.sleep(LOOK_SECONDS)


def _looks(place: Place, world: World, told: Told) -> Iterator[dict[str, Any]]:
    """The agent's entry, again and again. Raises LocalError when it ends, or this lasts."""
    last, deadline = "", time.monotonic() + SERVED_SECONDS
    while time.monotonic() < deadline:
        agent = agent_of(world)
        if agent is None or process_of(world) is None:
            raise LocalError(f"the agent that runs the sites has ended; see {_log(place)}")
        if short := shortage(place, agent):
            raise LocalError(short)
        if agent["doing"] and agent["doing"] != last:
            last = str(agent["doing"])
            told(last)
        yield agent
        time.sleep(LOOK_SECONDS)
    raise LocalError(f"not within {SERVED_SECONDS:.0f} s; `fleet logs` and {_log(place)} say why")


def end(place: Place) -> None:
    """Ends the agent; what it runs goes on."""
    if not place.world.exists():
        return
    with closing(World(place.world)) as world:
        process = process_of(world)
        if process is not None:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except psutil.TimeoutExpired:
                process.kill()
        # A full disk takes no change; that its process has ended says as much.
        with suppress(sqlite3.OperationalError):
            Presence(world, 0).end()


def _check_port(place: Place) -> None:
    """Raises LocalError when somebody else has the port."""
    with _connected(place) as found:
        holder = port.holder(found)
    if holder is not None:
        raise LocalError(
            f"port {place.port} is held by {holder}: set another local:port in Pulumi.local.yaml"
        )


def wait_until_served(place: Place, told: Told) -> None:
    """Until each service has its tasks and they serve, or its deployment failed.

    `told` hears what the agent is at. Raises LocalError.
    """
    with closing(World(place.world)) as world:
        if _unserved(world):
            for _ in _looks(place, world, told):
                if not _unserved(world):
                    return


def _unserved(world: World) -> list[str]:
    """Services whose tasks of the last revision don't serve alone; none when nobody keeps them."""
    if agent_of(world) is None:
        return []
    serving = [one for one in read_tasks(world) if one.serves]
    return [
        service.props["name"]
        for service in world.resources(SERVICE)
        if not service.props.get("_failure") and not _is_served(service.props, serving)
    ]


def _is_served(service: dict[str, Any], serving: list[Task]) -> bool:
    revisions = [one.revision for one in serving if one.is_of(service)]
    new = revisions.count(services.revision(service))
    return new == len(revisions) and new >= int(service.get("desiredCount", 0))


def develop(place: Place, cluster: str, name: str, mounts: Mapping[str, str]) -> None:
    """Has the service's tasks replaced by such as show these folders. Raises LocalError."""
    with closing(World(place.world)) as world:
        found = world.find(SERVICE, _cluster=cluster, name=name)
        if agent_of(world) is None or not found:
            raise LocalError(f"{name} doesn't run; `fleet up --env local` starts what is live")
        world.update(SERVICE, found[0].key, **{DEVELOPMENT: dict(mounts)})


def stop(place: Place) -> bool:
    """Ends all that runs and keeps the data. Whether there was anything. Raises LocalError."""
    end(place)
    if not engine.is_there():
        return False
    with _connected(place) as found:
        containers = found.containers()
        for one in containers:
            if one["State"] == "paused":
                found.client.api.unpause(one["Id"])
            if DATABASE in one["Names"][0]:
                found.stop(one["Id"])
        with ThreadPoolExecutor(REMOVERS) as removers:
            # Each takes half a second or more, most of it waiting.
            list(removers.map(found.remove, [one["Id"] for one in containers]))
        for volume in found.volumes():
            if DATABASE not in volume:
                found.remove_volume(volume)
        found.remove_network()
    if place.local.exists():
        for mount in place.room("mounts").iterdir():
            access_point.unmount(mount)
    return bool(containers)


def interrupt(place: Place, cluster: str, service: str) -> str:
    """Takes a Spot task of the service back as AWS does. Returns its id. Raises LocalError."""
    with closing(World(place.world)) as world:
        spot = [
            one
            for one in read_tasks(world)
            if one.cluster.endswith(f"/{cluster}")
            and (one.service, one.provider, one.desired, one.last)
            == (service, SPOT, "RUNNING", "RUNNING")
        ]
        if agent_of(world) is None or not spot:
            raise LocalError(f"{service} has no running task on Spot; see `fleet status`")
        task = min(spot, key=lambda one: one.created)
        ask_to_stop(world, task.id, *INTERRUPTED)
        return task.id


def end_if_empty(place: Place) -> None:
    """Leaves nothing on the machine of an account that holds no cluster and no load balancer.

    Also of one that was stopped before.
    """
    with closing(World(place.world)) as world:
        left = [one for kind in (SERVICE, CLUSTER, LOAD_BALANCER) for one in world.resources(kind)]
    if not left and place.ran:
        end(place)
        _take_snapshots(place)
        remove(place)


def _take_snapshots(place: Place) -> None:
    """What the account says that RDS has kept of the clusters that are gone."""
    if not engine.is_there():
        return
    world = World(place.world)
    try:
        with _connected(place) as found:
            Databases.snapshots(found, world).take()
    except SnapshotError as error:
        raise LocalError(f"{error}\n`make clean` gives the data up") from error
    finally:
        world.close()


def remove(place: Place) -> None:
    """Ends all that runs, with its data."""
    stop(place)
    if engine.is_there():
        with _connected(place) as found:
            for volume in found.volumes():
                found.remove_volume(volume)
    if place.ran:
        shutil.rmtree(place.socket.parent, ignore_errors=True)
    shutil.rmtree(place.running, ignore_errors=True)


def _log(place: Place) -> Path:
    return place.room("agent") / "log"


@contextmanager
def _connected(place: Place) -> Iterator[engine.Engine]:
    """The engine, and no service of ours for it left behind. Raises LocalError."""
    try:
        found = engine.connect(place)
    except engine.NoEngineError as error:
        raise LocalError(str(error)) from error
    try:
        yield found
    finally:
        found.close()


if __name__ == "__main__":  # what `make clean` calls
    remove(Place(Path.cwd()))
