"""What of a site lives on EFS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from fleet.fields.doc import Doc
from fleet.fields.types import (
    Model,
)
from fleet.plan.lines import Line, Rates
from fleet.site.group import Group
from fleet.site.task_numbers import Tasks

if TYPE_CHECKING:
    from fleet.site.model import Site


class Storage(Model):
    """What of the site lives on EFS."""

    mode: Annotated[
        Literal["content", "uploads"],
        Doc(
            "all of wp-content, or uploads alone with the code coming from the image",
            "content or uploads",
            "uploads",
        ),
    ] = "content"


def _cost(site: Site, low: Tasks, high: Tasks, rates: Rates) -> Iterator[Line]:
    given, prices = rates.assumptions, rates.region.efs
    yield Line("EFS storage", "GB", given.efs_gb, given.efs_gb, prices.storage_gb, "efs")
    for name, each, price in (
        ("EFS reads", given.efs_read_gb, prices.read_gb),
        ("EFS writes", given.efs_write_gb, prices.write_gb),
    ):
        yield Line(name, "GB", low.count * each, high.count * each, price, "efs")


GROUP = Group(cost=_cost)
