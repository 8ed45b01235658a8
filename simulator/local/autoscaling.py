"""Application Auto Scaling: moves the services' desired counts by load and by the clock."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from simulator.local.clock import Clock
from simulator.local.metrics import Metrics
from simulator.local.scaling import CPU, REQUESTS, Past, Policy, decide
from simulator.local.task import Task
from simulator.services.appautoscaling.rules import ACTION, POLICY, TARGET, service_of_target
from simulator.services.ecs.rollout import SERVICE
from simulator.world import Resource, World


@dataclass
class Autoscaling:
    """`minute`: seconds that one of CloudWatch's minutes takes here.

    What it has measured ends with the agent: the alarms of a new one begin with no points.
    """

    world: World
    metrics: Metrics
    clock: Clock
    minute: float
    _past: dict[str, Past] = field(default_factory=dict)
    _next: float = 0.0

    def keep(self, tasks: Sequence[Task]) -> None:
        """Moves counts by schedules whose time has come, and once a minute by the metrics."""
        for action in self.world.resources(ACTION):
            self._by_clock(action)
        if time.time() < self._next:
            return
        self._next = time.time() + self.minute
        watched: dict[str, tuple[Resource, Resource, list[Task]]] = {}
        for target in self.world.resources(TARGET):
            service = service_of_target(self.world, target.props["resourceId"])
            if service is not None:
                serving = [one for one in tasks if one.serves and one.is_of(service.props)]
                watched[service.key] = (service, target, serving)
        self.metrics.look({key: (one.props, own) for key, (one, _, own) in watched.items()})
        for service, target, serving in watched.values():
            self._by_load(service, target, serving)

    def _by_clock(self, action: Resource) -> None:
        props = action.props
        due = self.clock.is_due(
            f"{ACTION} {action.key}", props["schedule"], props["timezone"], datetime.now(UTC)
        )
        key = f"{props['serviceNamespace']}/{props['resourceId']}/{props['scalableDimension']}"
        target = self.world.get(TARGET, key) if due else None
        service = service_of_target(self.world, props["resourceId"])
        if target is None or service is None:
            return
        asked = props["scalableTargetAction"]
        low = asked.get("minCapacity", target.props["minCapacity"])
        high = asked.get("maxCapacity", target.props["maxCapacity"])
        self.world.update(TARGET, key, minCapacity=low, maxCapacity=high)
        self._set(service, min(max(int(service.props["desiredCount"]), low), high))

    def _by_load(self, service: Resource, target: Resource, serving: list[Task]) -> None:
        known = self.world.find(POLICY, resourceId=target.props["resourceId"])
        policies = [policy for one in known if (policy := Policy.of(one.props))]
        points = self.metrics.points[service.key]
        past = self._past.get(service.key, Past())
        tasks = int(service.props.get("desiredCount") or 0)
        bounds = (int(target.props["minCapacity"]), int(target.props["maxCapacity"]))
        now = time.time() / self.minute
        wanted = decide(tasks, bounds, policies, points, past, now)
        if service.props.get("_rollout"):
            # AWS takes no tasks away while a deployment is under way.
            wanted = max(wanted, tasks)
        self._note(service, points, len(serving), wanted)
        if wanted > tasks:
            self._past[service.key] = replace(past, added=now, before=tasks)
        elif wanted < tasks:
            self._past[service.key] = replace(past, taken=now)
        self._set(service, wanted)

    def _set(self, service: Resource, count: int) -> None:
        with self.world.change():
            found = self.world.get(SERVICE, service.key)
            # Not of a service that is being deleted.
            if found and not found.props.get("_stopped") and found.props["desiredCount"] != count:
                found.props["desiredCount"] = count
                self.world.write(found)

    def _note(
        self, service: Resource, points: dict[str, list[float]], serving: int, wanted: int
    ) -> None:
        """A line of JSON a minute, in `.local/running/agent/scaling`, for whoever wonders why."""
        latest = {name: round(points[m][-1], 1) for name, m in _NAMES.items() if points.get(m)}
        line = {"time": round(time.time(), 1), "service": service.props["name"], **latest}
        with (self.metrics.engine.place.room("agent") / "scaling").open("a") as log:
            log.write(json.dumps({**line, "serving": serving, "wanted": wanted}) + "\n")


_NAMES = {"cpu": CPU, "requests": REQUESTS}
