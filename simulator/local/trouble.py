"""What is wrong with what runs on this machine, in lines for a person."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fleet.cli.times import time_of_day
from simulator.local import room
from simulator.local.place import Place
from simulator.local.presence import agent_of, process_of
from simulator.services.rds.calls import CLUSTER
from simulator.world import Resource, World

ENDED = "_ended"  # of a cluster: when its server ended by itself last, and how
MEMORY_SECONDS = 3600.0  # as long as ECS tells of a stopped task
WHY = {137: "killed", 143: "told to end"}


def shortage(place: Place, agent: dict[str, Any] | None) -> str | None:
    """Which disk is full, in a line. Found anew each time: a full one takes no entry."""
    folders = [Path(folder) for folder in (agent or {}).get("folders") or ()]
    if place.local.exists():
        folders.append(place.local)
    return room.shortage(folders)


def troubles(place: Place, world: World) -> list[str]:
    """A line each; none where nothing is to run."""
    agent = agent_of(world)
    if agent is None:
        return []
    if process_of(world) is None:
        return ["the agent that keeps the containers has ended; fleet up starts it again"]
    lines = [told] if (told := shortage(place, agent)) else []
    if not agent["ready"] and not lines:
        lines += [agent["failed"] or agent["doing"]]
    lines += [line for one in world.resources(CLUSTER) if (line := _restart(one))]
    return [line for line in lines if line]


def note_end(world: World, cluster: Resource, status: int) -> str:
    """Keeps that a cluster's server has ended by itself. Returns it in words."""
    found = world.update(CLUSTER, cluster.key, **{ENDED: {"at": time.time(), "status": status}})
    return _end(found)


def _restart(cluster: Resource) -> str | None:
    ended = cluster.props.get(ENDED)
    if not ended or time.time() > ended["at"] + MEMORY_SECONDS:
        return None
    return f"{_end(cluster)} at {time_of_day(datetime.fromtimestamp(ended['at'], UTC))}"


def _end(cluster: Resource) -> str:
    status = cluster.props[ENDED]["status"]
    why = f" ({WHY[status]})" if status in WHY else ""
    return (
        f"the database {cluster.props['clusterIdentifier']} ended with status {status}{why} and "
        "was started again"
    )
