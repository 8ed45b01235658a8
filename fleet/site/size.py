"""The size of a task, and what Fargate asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from fleet.fields.doc import Doc
from fleet.fields.types import (
    Model,
)
from fleet.plan.lines import Line, Rates
from fleet.problems import Breach
from fleet.quotas import FARGATE_MEMORY
from fleet.site.group import Case, Group
from fleet.site.task_numbers import Tasks
from fleet.wording import listing

if TYPE_CHECKING:
    from fleet.site.model import Site


CPU_UNITS_A_VCPU = 1024
MIB_A_GB = 1024


def _fargate_cpu(cpu: int) -> int:
    if cpu not in FARGATE_MEMORY:
        raise ValueError("which Fargate does not have")
    return cpu


class Size(Model):
    """What each task of the site has."""

    cpu: Annotated[
        int,
        AfterValidator(_fargate_cpu),
        Field(json_schema_extra={"enum": list(FARGATE_MEMORY)}),
        Doc(
            "CPU units of a task, 1,024 to the vCPU",
            listing(str(cpu) for cpu in FARGATE_MEMORY),
            1024,
        ),
    ] = 512
    memory: Annotated[
        int,
        Field(ge=512, le=122_880),
        Doc("memory of a task in MiB", "what Fargate has for the `cpu`", 2048),
    ] = 1024


def _fargate_pair(case: Case) -> Iterator[Breach]:
    size = case.site.size
    memories = FARGATE_MEMORY[size.cpu]
    if size.memory not in memories:
        fit = min(memories, key=lambda memory: (abs(memory - size.memory), memory))
        yield Breach(
            (("size", "memory"), ("size", "cpu")),
            f"found {size.memory} MiB beside {size.cpu} CPU units, which Fargate does not have",
            f"memory {memory_series(memories)} for cpu {size.cpu}",
            f"size: {{cpu: {size.cpu}, memory: {fit}}}",
        )


def memory_series(numbers: tuple[int, ...]) -> str:
    """The sizes in MiB that Fargate has for a cpu, in words."""
    if len(numbers) <= 4:
        return listing(str(number) for number in numbers)
    step = numbers[1] - numbers[0]
    return f"{numbers[0]} to {numbers[-1]} in steps of {step}"


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    prices = rates.region.fargate.of(rates.architecture)
    hours = rates.assumptions.hours
    spot = 1 - rates.region.fargate.spot_discount
    parts = (
        ("vCPU", "vCPU-hours", site.size.cpu / CPU_UNITS_A_VCPU, prices.vcpu_hour),
        ("memory", "GB-hours", site.size.memory / MIB_A_GB, prices.gb_hour),
    )
    for name, unit, each, price in parts:
        monthly = each * hours
        on_demand = (low.on_demand * monthly, high.on_demand * monthly)
        yield Line(f"Fargate {name}, on demand", unit, *on_demand, price, "fargate")
        on_spot = (low.spot * monthly, high.spot * monthly)
        yield Line(f"Fargate {name}, Spot", unit, *on_spot, price * spot, "fargate")


GROUP = Group(rules=((("size",), _fargate_pair),), cost=_cost)
