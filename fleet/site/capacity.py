"""How a site's tasks divide between on-demand and Spot capacity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from fleet.fields.doc import Doc, whole
from fleet.fields.types import (
    Model,
)
from fleet.problems import Breach
from fleet.quotas import CAPACITY_PROVIDER_BASE, CAPACITY_PROVIDER_WEIGHT
from fleet.site.group import Case, Found, Group
from fleet.site.task_numbers import task_range

if TYPE_CHECKING:
    from fleet.site.model import Site


class Capacity(Model):
    """How tasks divide between on-demand and Spot capacity."""

    on_demand_base: Annotated[
        int,
        Field(ge=0, le=CAPACITY_PROVIDER_BASE),
        Doc("tasks that are always on demand", whole(0, CAPACITY_PROVIDER_BASE), 1),
    ] = 1
    on_demand_weight: Annotated[
        int,
        Field(ge=0, le=CAPACITY_PROVIDER_WEIGHT),
        Doc(
            "share of the other tasks that is on demand",
            f"{whole(0, CAPACITY_PROVIDER_WEIGHT)}, not 0 beside `spot_weight` 0",
            1,
        ),
    ] = 1
    spot_weight: Annotated[
        int,
        Field(ge=0, le=CAPACITY_PROVIDER_WEIGHT),
        Doc(
            "share of the other tasks that is on Spot",
            f"{whole(0, CAPACITY_PROVIDER_WEIGHT)}, not 0 beside `on_demand_weight` 0",
            3,
        ),
    ] = 3

    def without_spot(self) -> Capacity:
        """The same with all tasks on demand, for when Spot has no capacity."""
        return Capacity(
            on_demand_base=self.on_demand_base,
            on_demand_weight=self.on_demand_weight or 1,
            spot_weight=0,
        )

    def spot_share(self, tasks: int) -> float:
        """The share of `tasks` that ECS puts on Spot, 0 to 1: all but the base, by the weights."""
        above_base = max(tasks - self.on_demand_base, 0)
        weights = self.on_demand_weight + self.spot_weight
        return above_base * self.spot_weight / weights / tasks


def _some_capacity(case: Case) -> Iterator[Breach]:
    capacity = case.site.capacity
    if capacity.on_demand_weight == capacity.spot_weight == 0:
        yield Breach(
            (("capacity", "spot_weight"), ("capacity", "on_demand_weight")),
            "found both weights 0, so that tasks beyond the base have no capacity",
            "at least one weight above 0",
            "capacity: {on_demand_weight: 1, spot_weight: 0}",
        )


def _spot_only(site: Site) -> Found:
    fewest, _ = task_range(site)
    if fewest.count and fewest.on_demand == 0:
        tasks = "its one task runs" if fewest.count == 1 else f"all {fewest.count} tasks run"
        yield (
            ("capacity", "on_demand_base"),
            f"{tasks} on Spot only: AWS takes Spot tasks away with two minutes' notice, and may "
            "have no others; on_demand_base: 1 keeps the site up",
        )


GROUP = Group(rules=((("capacity",), _some_capacity),), warnings=(_spot_only,))
