"""How many tasks a site runs, and on which capacity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fleet.site.model import Site


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


def _mixed(site: Site, count: int) -> Tasks:
    return Tasks(count, count * site.capacity.spot_share(count) if count else 0.0)
