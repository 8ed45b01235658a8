"""How many tasks a site runs, on which capacity, and what they ask of its database."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.site.compute import Size
from fleet.site.model import Site

# As container/root/usr/local/bin/fleet-configure has them, in MiB and per vCPU: a site's own
# image may differ.
RESERVED_MEMORY = 192
WORKER_MEMORY = 64
WORKERS_A_VCPU = 16
FEWEST_WORKERS = 2
FEWEST_WORKERS_BY_CPU = 4


@dataclass(frozen=True, slots=True)
class Tasks:
    """A number of tasks, and how many of them run on Spot on average: ECS keeps the weights."""

    count: int
    spot: float

    @property
    def on_demand(self) -> float:
        return self.count - self.spot

    @property
    def spot_share(self) -> float:
        """0 to 1; 0 of no tasks."""
        return self.spot / self.count if self.count else 0.0


def task_range(site: Site) -> tuple[Tasks, Tasks]:
    """The fewest and the most tasks that the site's bounds and schedules ever allow.

    None while the site is not live.
    """
    if site.state != "live":
        return Tasks(0, 0.0), Tasks(0, 0.0)
    scaling = site.scaling
    bounds = [scaling, *scaling.schedules.values()]
    fewest = min(bound.min for bound in bounds)
    most = max(bound.max for bound in bounds)
    return _mixed(site, fewest), _mixed(site, most)


def is_autoscaled(site: Site) -> bool:
    """Whether the number of tasks can change by itself; a fixed number needs no autoscaling."""
    return site.scaling.max > site.scaling.min or bool(site.scaling.schedules)


def php_workers(size: Size) -> int:
    """The PHP processes of a task, each of which may hold one database connection."""
    by_memory = (size.memory - RESERVED_MEMORY) // WORKER_MEMORY
    by_cpu = max(FEWEST_WORKERS_BY_CPU, size.cpu * WORKERS_A_VCPU // 1024)
    return max(FEWEST_WORKERS, min(by_memory, by_cpu))


def _mixed(site: Site, count: int) -> Tasks:
    return Tasks(count, count * site.capacity.spot_share(count) if count else 0.0)
