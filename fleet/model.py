"""What a site is: the fields of sites.yaml with their units, limits and built-in values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Admin(Model):
    user: str = "admin"
    email: str = ""


class Size(Model):
    cpu: int = 512
    memory: int = 1024


class Schedule(Model):
    cron: str
    min: int
    max: int
    timezone: str = "UTC"

    @property
    def expression(self) -> str:
        """The schedule as Application Auto Scaling takes it: `cron(…)` or `at(…)`."""
        return self.cron if self.cron.startswith("at(") else f"cron({self.cron})"


class Scaling(Model):
    min: int = 2
    max: int = 4
    cpu: int = 75
    requests: int | None = None
    cooldown: int = 60
    schedules: dict[str, Schedule] = Field(default_factory=dict)


class Capacity(Model):
    on_demand_base: int = 1
    on_demand_weight: int = 1
    spot_weight: int = 3

    def spot_share(self, tasks: int) -> float:
        """The share of `tasks` that ECS puts on Spot, 0 to 1: all but the base, by the weights."""
        above_base = max(tasks - self.on_demand_base, 0)
        weights = self.on_demand_weight + self.spot_weight
        return above_base * self.spot_weight / weights / tasks


class Database(Model):
    placement: Literal["dedicated", "shared"] = "dedicated"
    min_acu: float = 0.5
    max_acu: float = 4
    pause_after: int | None = None
    readers: int = 0
    backup_days: int = 7


class Storage(Model):
    mode: Literal["content", "uploads"] = "content"


class Health(Model):
    path: str = "/healthz"
    grace: int = 60


class SiteFields(Model):
    state: Literal["live", "paused", "retired"] = "live"
    title: str = ""
    admin: Admin = Admin()
    image: str | None = None
    port: int = 8080
    size: Size = Size()
    scaling: Scaling = Scaling()
    capacity: Capacity = Capacity()
    database: Database = Database()
    storage: Storage = Storage()
    health: Health = Health()
    env: dict[str, str] = Field(default_factory=dict)
    secrets: dict[str, str] = Field(default_factory=dict)
    cell: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)


class Site(SiteFields):
    """A site as it runs in one environment."""

    name: str
    domains: Annotated[tuple[str, ...], Field(strict=False)]
