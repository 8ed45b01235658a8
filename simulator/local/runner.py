"""Takes tasks through their lives, a step at a time, so that no step waits and none is lost."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from signal import Signals
from typing import Any

import requests
from docker.errors import APIError, ImageNotFound

from simulator.local.engine import ENDED, LABEL, Engine
from simulator.local.images import ImageError, Images
from simulator.local.options import STOP_TIMEOUT_SECONDS, Surroundings
from simulator.local.orders import INTERRUPTED
from simulator.local.task import Container, Task
from simulator.services.ecs.task_definitions import containers_of, known_definition
from simulator.services.lb.calls import TARGET_GROUP
from simulator.world import World

GROUP_LABEL = f"{LABEL}.log-group"
STREAM_LABEL = f"{LABEL}.log-stream"
TASK_LABEL = f"{LABEL}.task"
# Until the first success a target is asked each second: nobody waits for a laptop's interval.
FIRST_CHECKS_SECONDS = 1.0
DEPENDENCY = (
    "dependency graph: failed to resolve container ordering dependency [{}:SUCCESS] for target "
    "[{}] as dependency did not exit successfully."
)


@dataclass
class Runner:
    """What is the same for all tasks."""

    engine: Engine
    world: World
    images: Images
    surroundings: Surroundings

    def step(self, task: Task, alive: Collection[str]) -> None:
        """The next thing that the task needs. `alive`: names of the checkout's containers."""
        props = known_definition(self.world, task.definition)
        if props is None:
            task.stop("TaskFailedToStart", "the task definition is gone")
            return self._end(task, {}, alive)
        definitions = containers_of(props)
        self._look(task, definitions, alive)
        if task.desired == "STOPPED":
            return self._end(task, {one["name"]: one for one in definitions}, alive)
        for definition in definitions:
            if task.container(definition["name"]) is None and self._may_start(task, definition):
                return self._start(task, props, definition)
        self._running(task, definitions)
        return None

    def name(self, task: Task, container: str) -> str:
        """Of the container of a task."""
        return f"{self.prefix(task)}-{container}"

    def prefix(self, task: Task) -> str:
        """Of all that belongs to a task."""
        who = task.service or "task"
        return f"{self.engine.place.name}-{who}-{task.id[:12]}"

    def _look(self, task: Task, definitions: list[dict[str, Any]], alive: Collection[str]) -> None:
        """Which of its containers have ended meanwhile, and what that means."""
        for definition in definitions:
            one = task.container(definition["name"])
            if one is None or one.exit is not None:
                continue
            if self.name(task, one.name) not in alive:
                self._ended(one, self.name(task, one.name))
            if one.exit is not None and definition.get("essential", True):
                task.stop("EssentialContainerExited", "Essential container in task exited")
            elif one.exit:
                self._failed(task, one, definitions)

    def _ended(self, one: Container, name: str) -> None:
        found = self.engine.inspect(name)
        if found is None:
            one.exit, one.reason = 137, "the container is gone from this machine"
            return
        state = found["State"]
        if state["Status"] not in ENDED:
            return  # on its way
        one.exit = int(state["ExitCode"])
        if state.get("OOMKilled"):
            one.reason = "OutOfMemoryError: Container killed due to memory usage"

    @staticmethod
    def _failed(task: Task, one: Container, definitions: list[dict[str, Any]]) -> None:
        for other in definitions:
            for need in other.get("dependsOn") or []:
                if need["containerName"] == one.name and need["condition"] == "SUCCESS":
                    one.reason = one.reason or DEPENDENCY.format(one.name, other["name"])
                    task.stop("TaskFailedToStart", f"{one.name} exited with {one.exit}")

    @staticmethod
    def _may_start(task: Task, definition: dict[str, Any]) -> bool:
        for need in definition.get("dependsOn") or []:
            other = task.container(need["containerName"])
            ended = other is not None and other.exit is not None
            if other is None or (need["condition"] in ("SUCCESS", "COMPLETE") and not ended):
                return False
        return True

    def _start(self, task: Task, props: dict[str, Any], definition: dict[str, Any]) -> None:
        try:
            image = self.images.local(definition["image"])
            if image is None:
                return  # is being built or pulled
            options = self.surroundings.options(task, props, definition, self.prefix(task))
            labels = {TASK_LABEL: task.id, **_log_labels(definition, task)}
            for volume in props.get("volumes") or []:
                if not volume.get("efsVolumeConfiguration"):
                    self.engine.volume(f"{self.prefix(task)}-{volume['name']}")
            name = self.name(task, definition["name"])
            self.engine.remove(name)
            made = self.engine.run(name, image, labels=labels, **options)
        except ImageError as error:
            task.stop("TaskFailedToStart", f"CannotPullContainerError: {error}")
        except LookupError as error:
            task.stop("TaskFailedToStart", f"ResourceInitializationError: {error}")
        except (APIError, ImageNotFound) as error:
            task.stop("TaskFailedToStart", f"CannotStartContainerError: {error.explanation}")
        else:
            task.containers.append(Container(definition["name"], made))

    def _running(self, task: Task, definitions: list[dict[str, Any]]) -> None:
        """Once all that matters runs: its address, and then its health."""
        if any(task.container(one["name"]) is None for one in definitions):
            return
        if task.last == "PENDING":
            main = next((d["name"] for d in definitions if d.get("essential", True)), None)
            found = self.engine.inspect(self.name(task, main)) if main else None
            if found:
                networks = found["NetworkSettings"]["Networks"]
                task.address = networks[self.engine.place.name]["IPAddress"]
            task.last, task.started = "RUNNING", time.time()

    def _end(self, task: Task, definitions: dict[str, Any], alive: Collection[str]) -> None:
        """Deregistered and drained, then asked to end, then killed, then gone."""
        if task.last == "STOPPED":
            return
        now = time.time()
        running = [
            one
            for one in task.containers
            if one.exit is None and self.name(task, one.name) in alive
        ]
        if running and task.health == "healthy":
            task.health, task.last = "draining", "DEACTIVATING"
            return
        # SIGTERM is the warning that Spot capacity goes: it doesn't wait for the target.
        warned = task.code == INTERRUPTED[0]
        drained = warned or now >= (task.stopping or 0) + self._drain_seconds(task)
        if running and task.health == "draining" and not drained:
            return
        if running and task.signalled is None:
            for one in running:
                self.engine.signal(self.name(task, one.name), Signals.SIGTERM)
            task.signalled = now
            return
        if running:
            for one in running:
                limit = definitions.get(one.name, {}).get("stopTimeout", STOP_TIMEOUT_SECONDS)
                if now > (task.signalled or now) + limit:
                    self.engine.signal(self.name(task, one.name), Signals.SIGKILL)
            return
        task.last, task.health, task.stopped = "STOPPED", "unused", now

    def _drain_seconds(self, task: Task) -> float:
        """The target group's deregistration delay, in this environment's minutes."""
        group = self.world.get(TARGET_GROUP, task.target_group)
        delay = float(group.props["deregistrationDelay"]) if group else 0.0
        return delay / 60 * self.engine.place.minute

    def clear(self, task: Task) -> None:
        """Removes what a stopped task left on this machine: containers, logs and scratch."""
        for one in task.containers:
            self.engine.remove(self.name(task, one.name))
        self.engine.remove_volumes(f"{self.prefix(task)}-")
        task.cleared = True

    def check(self, task: Task, group_arn: str, port: int, grace: float) -> None:
        """Asks a target as the load balancer does; unhealthy after the grace, it is replaced."""
        group = self.world.get(TARGET_GROUP, group_arn)
        now = time.time()
        if group is None or task.last != "RUNNING" or now < task.next_check:
            return
        task.target_group = group_arn
        asked = group.props["healthCheck"]
        well = _answers(f"http://{task.address}:{port}{asked['path']}", asked)
        if well:
            task.good, task.bad = task.good + 1, 0
            if task.health == "initial" or task.good >= int(asked["healthyThreshold"]):
                task.health = "healthy"
        else:
            task.good, task.bad = 0, task.bad + 1
            first = task.health == "initial" and now < (task.started or now) + grace
            if task.bad >= int(asked["unhealthyThreshold"]) and not first:
                task.health = "unhealthy"
        early = task.health == "initial"
        task.next_check = now + (FIRST_CHECKS_SECONDS if early else float(asked["interval"]))
        if task.health == "unhealthy" and now > (task.started or now) + grace:
            reason = f"Task failed ELB health checks in (target-group {group_arn})"
            task.stop("ServiceSchedulerInitiated", reason)


def _answers(url: str, asked: dict[str, Any]) -> bool:
    low, _, high = str(asked.get("matcher") or "200").partition("-")
    try:
        answer = requests.get(url, timeout=float(asked["timeout"]), allow_redirects=False)
    except requests.RequestException:
        return False
    return int(low) <= answer.status_code <= int(high or low)


def _log_labels(definition: dict[str, Any], task: Task) -> dict[str, str]:
    """Which log its output belongs to."""
    given = (definition.get("logConfiguration") or {}).get("options") or {}
    if "awslogs-group" not in given:
        return {}
    stream = f"{given.get('awslogs-stream-prefix')}/{definition['name']}/{task.id}"
    return {GROUP_LABEL: given["awslogs-group"], STREAM_LABEL: stream}
