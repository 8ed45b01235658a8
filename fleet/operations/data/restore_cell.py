"""All sites of a cell as they were, from the backups of another cell that is lost.

plan = plan_cell(declared, "east2", lost="east", at=moment("2026-11-29 14:00Z"))
restore_cell(declared, plan, on_step=print)

sites.yaml names the new cell by then, and `fleet up` has made it; docs/run-book.md has the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import boto3

from fleet.names import NO_CELL
from fleet.operations.data.archive import Store, stack_store
from fleet.operations.data.restore import RestorePlan, plan_restore, restore_site
from fleet.operations.data.steps import OnStep
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError
from fleet.problems import FleetError

# Sites at a time: each has two tasks, which count against the quota of Fargate's vCPUs.
WAVE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlan:
    """What would be done. `missing`: why a site can't come back, a line each."""

    cell: str
    lost: str
    at: datetime
    sites: tuple[RestorePlan, ...]
    missing: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """An estimate: the sites in waves, none shorter than its longest."""
        each = sorted((plan.seconds for plan in self.sites), reverse=True)
        return sum(each[::WAVE])

    @property
    def usd(self) -> float | None:
        """None in a region without prices."""
        each = [plan.usd for plan in self.sites]
        return None if None in each else sum(usd for usd in each if usd is not None)


def plan_cell(
    declared: Declared,
    cell: str,
    *,
    lost: str,
    at: datetime,
    overwrite_production: bool = False,
    now: datetime | None = None,
    session: boto3.Session | None = None,
) -> CellPlan:
    """Finds each live site's newest backup at or before `at` in the bucket of the cell `lost`.

    Writes nothing. Raises FleetError for a cell that no site names, OperationError: the same cell
    twice, no bucket, nothing to restore, sites that visitors would miss.
    """
    known = declared.fleet.cell(cell)
    if known == (lost if lost != NO_CELL else None):
        raise OperationError(f"--from-cell {lost} is the cell itself; name the one that is lost")
    sites = [site.name for site in declared.sites if site.cell == known and site.state == "live"]
    store = lost_store(declared, lost, session)
    options: Any = {"overwrite_production": overwrite_production, "now": now, "session": session}
    found: list[RestorePlan] = []
    missing: list[str] = []
    for name in sites:
        try:
            found.append(plan_restore(declared, name, at, store=store, **options))
        except (FleetError, OperationError) as error:
            missing.append(f"{name}: {error}")
    if not found:
        raise OperationError(
            missing or [f"{store.target.stack}: no site of the cell {cell} is live"]
        )
    return CellPlan(cell=cell, lost=lost, at=at, sites=tuple(found), missing=tuple(missing))


def lost_store(declared: Declared, lost: str, session: boto3.Session | None = None) -> Store:
    """The bucket of a cell that no site names any more, "-" for the stack without one.

    Raises OperationError: it has none.
    """
    home = replace(declared.target, cell=None if lost == NO_CELL else lost)
    return stack_store(declared, home, session)


def restore_cell(
    declared: Declared,
    plan: CellPlan,
    *,
    on_step: OnStep,
    smoke: bool = True,
    session: boto3.Session | None = None,
) -> list[str]:
    """Does it, some sites at a time; the sites that came back. Called again it goes on.

    A site that fails keeps no other back. `smoke`: as `restore_site`. Raises OperationError
    with a line for each that did.
    """
    problems: list[str] = []

    def one(each: RestorePlan) -> str | None:
        try:
            restore_site(declared, each, on_step=on_step, smoke=smoke, session=session)
        except OperationError as error:
            problems.append(str(error))
            return None
        return each.to

    with ThreadPoolExecutor(WAVE) as pool:
        done: Sequence[str | None] = list(pool.map(one, plan.sites))
    if problems:
        raise OperationError([*problems, "the same command goes on"])
    return [name for name in done if name]
