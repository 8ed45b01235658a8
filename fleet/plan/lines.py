"""A line of an estimate, and what it is made with."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.plan.prices import Architecture, Assumptions, Region, Service


@dataclass(frozen=True, slots=True)
class Line:
    """Quantities a month at the fewest and at the most tasks, in `unit`; `price` in USD a unit.

    Amounts are rounded to cents, so that a printed estimate adds up.
    """

    item: str
    unit: str
    quantity_min: float
    quantity_max: float
    price: float
    service: Service

    @property
    def amount_min(self) -> float:
        return round(self.quantity_min * self.price, 2)

    @property
    def amount_max(self) -> float:
        return round(self.quantity_max * self.price, 2)


@dataclass(frozen=True, slots=True)
class Rates:
    """What an estimate is made with."""

    region: Region
    assumptions: Assumptions
    architecture: Architecture
    public_tasks: bool
    """Whether each task has a public IPv4 address, as it must without a NAT gateway."""
    mail: bool = False
    """Whether sites send mail by SES."""
    edge: bool = False
    """Whether CloudFront stands before the sites."""
