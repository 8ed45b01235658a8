"""What CloudWatch would know of the services: CPU of their containers, and requests a target."""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.local.balancer import group_name
from simulator.local.engine import Engine
from simulator.local.options import cores
from simulator.local.scaling import CPU, LOW_POINTS, REQUESTS
from simulator.local.task import Task
from simulator.services.ecs.task_definitions import known_definition
from simulator.world import World

NANOSECONDS = 1e9
# The balancer's log is read once; a laptop keeps no more of it.
LOG_BYTES = 64 * 1024 * 1024


def _points() -> dict[str, dict[str, list[float]]]:
    return defaultdict(lambda: defaultdict(list))


@dataclass
class Metrics:
    """Points of each service, one a look. A new agent begins without any, as new alarms do."""

    engine: Engine
    world: World
    points: dict[str, dict[str, list[float]]] = field(default_factory=_points)
    """Service's ARN -> metric -> points, the newest last."""
    _used: dict[str, tuple[float, int]] = field(default_factory=dict)
    _read: int = 0
    _at: float = 0.0

    def look(self, services: dict[str, tuple[dict[str, Any], Sequence[Task]]]) -> None:
        """Adds a point of each metric. `services`: ARN -> properties and tasks that serve."""
        now = time.time()
        requests = self._requests()
        seconds, self._at = (now - self._at if self._at else 0.0), now
        for arn, (props, tasks) in services.items():
            loads = [load for task in tasks if (load := self._load(task)) is not None]
            if loads:
                self._add(arn, CPU, sum(loads) / len(loads))
            groups = {group_name(one["targetGroupArn"]) for one in props.get("loadBalancers") or []}
            if seconds and tasks:
                count = sum(requests[group] for group in groups)
                self._add(arn, REQUESTS, count * 60 / seconds / len(tasks))

    def _add(self, arn: str, metric: str, point: float) -> None:
        points = self.points[arn][metric]
        points.append(point)
        del points[:-LOW_POINTS]

    def _load(self, task: Task) -> float | None:
        """CPU in percent of the task's share since the last look; None at the first one."""
        running = [one.id for one in task.containers if one.exit is None]
        used = sum(self.engine.cpu_nanoseconds(one) for one in running)
        now = time.monotonic()
        before = self._used.get(task.id)
        self._used[task.id] = (now, used)
        definition = known_definition(self.world, task.definition)
        if before is None or definition is None or used < before[1]:
            return None
        share = (now - before[0]) * cores(task, definition) * NANOSECONDS
        return 100 * (used - before[1]) / share

    def _requests(self) -> Counter[str]:
        """How many requests each target group was given since the last look."""
        path = self.engine.place.room("balancer") / "log/access.log"
        found: Counter[str] = Counter()
        if not path.exists():
            return found
        with path.open() as log:
            if path.stat().st_size < self._read:
                self._read = 0
            log.seek(self._read)
            text = log.read()
        # The last line may be under way.
        whole = text[: text.rfind("\n") + 1]
        self._read += len(whole.encode())
        for line in whole.splitlines():
            found[line.split(" ", 2)[1]] += 1
        if self._read > LOG_BYTES:
            # nginx appends, so it goes on at the beginning.
            os.truncate(path, 0)
            self._read = 0
        return found
