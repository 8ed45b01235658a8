"""One ECS task as containers: started one after the other, watched, drained and ended."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from simulator.world import Resource, World

TASK = "simulator:ecs/task:Task"
# ECS forgets a stopped task after about an hour.
MEMORY_SECONDS = 3600.0


@dataclass
class Container:
    """One of the task's, once it was started. `exit`: its status when it has ended."""

    name: str
    id: str = ""
    exit: int | None = None
    reason: str = ""


@dataclass
class Task:
    """What the world keeps of a task: all that a new agent needs to go on with it.

    Times are seconds since 1970. `desired` and `last` are ECS's words. `health` is the target's
    state in ELB's words. `revision`: what of its service it was made by. `overrides`: `cpu`,
    `memory`, and for a container's name what is other than in its definition.
    """

    id: str
    arn: str
    cluster: str
    group: str
    definition: str
    provider: str
    revision: str = ""
    desired: str = "RUNNING"
    last: str = "PENDING"
    health: str = "initial"
    created: float = 0.0
    started: float | None = None
    stopping: float | None = None
    signalled: float | None = None
    stopped: float | None = None
    code: str = ""
    reason: str = ""
    address: str = ""
    target_group: str = ""
    """The ARN of the one that has asked it last."""
    good: int = 0
    bad: int = 0
    next_check: float = 0.0
    containers: list[Container] = field(default_factory=list)
    cleared: bool = False
    """Whether this machine has nothing of it any more."""
    started_by: str = ""
    overrides: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    """What RunTask was given to override, in its own words."""

    @property
    def service(self) -> str:
        """The name of its service; empty for a task of its own."""
        kind, _, name = self.group.partition(":")
        return name if kind == "service" else ""

    def is_of(self, service: dict[str, Any]) -> bool:
        """Whether it is one of the service with these properties."""
        return (self.cluster, self.service) == (service["cluster"], service["name"])

    @property
    def serves(self) -> bool:
        """Whether the load balancer may send requests to it."""
        return self.desired == "RUNNING" and self.health == "healthy"

    def container(self, name: str) -> Container | None:
        """One of its containers that was started."""
        return next((one for one in self.containers if one.name == name), None)

    def stop(self, code: str, reason: str) -> None:
        """From now on it is on its way out; the first reason is the one that is told."""
        if self.desired == "RUNNING":
            self.desired, self.code, self.reason = "STOPPED", code, reason
            self.stopping = time.time()

    def save(self, world: World) -> None:
        """Writes it into the world, if that is news."""
        props = asdict(self)
        with world.change():
            found = world.get(TASK, self.id)
            if found is None or found.props != props:
                world.write(Resource(TASK, self.id, self.id, self.group, props))


def read_tasks(world: World) -> list[Task]:
    """All tasks that the account remembers, stopped ones too."""
    return [_task(one.props) for one in world.resources(TASK)]


def _task(props: dict[str, Any]) -> Task:
    containers = [Container(**one) for one in props["containers"]]
    return replace(Task(**props), containers=containers)


def forget(world: World, task: Task) -> None:
    """The account's memory of a stopped task ends."""
    with world.change():
        world.remove(TASK, task.id)
