"""A plan from the files of a project: sites.yaml, Pulumi.ENV.yaml and a list of prices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fleet.names import NO_CELL
from fleet.plan.cells import Cell, cells_of
from fleet.plan.plan import Plan, plan_fleet
from fleet.plan.prices import read_prices
from fleet.problems import FleetError, Problem
from fleet.settings.model import Settings
from fleet.sites_file.project import region_of
from fleet.sites_file.written import WrittenFleet, written_sites


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A plan, and the files that it was made from, which know where each setting stands."""

    plan: Plan
    settings: Settings
    written: WrittenFleet

    def require_site(self, name: str) -> None:
        """Raises FleetError when the plan has no such site: unknown, or of another cell."""
        if any(each.site.name == name for each in self.plan.sites):
            return
        cell = self.written.fleet.site(name).cell or NO_CELL
        position = self.written.document.key_position(("sites", name))
        found = f"found {name} in the cell {cell}, which the plan leaves out"
        allowed = "a site of the cell"
        raise FleetError([Problem.of(position, "cell", found, allowed, f"--cell {cell}")])


def plan_file(
    sites_file: Path,
    environment: str,
    *,
    cell: str | None = None,
    prices: Path | None = None,
    region: str | None = None,
) -> PlannedFile:
    """The plan of an environment or of one of its cells. Reads files only.

    `region` holds where the environment's Pulumi.ENV.yaml has no `aws:region`. Raises FleetError:
    mistakes in any of the files, an unknown environment or cell, a region without prices.
    """
    written, settings = _read(sites_file, environment)
    if cell is not None:
        written.fleet.cell(cell)
    found, position = region_of(sites_file, environment)
    name = found or region
    if name is None:
        what = "found no region"
        allowed = "an AWS region in Pulumi.ENV.yaml, or in the variable AWS_REGION"
        problem = Problem.of(position, "aws:region", what, allowed, "aws:region: us-east-1")
        raise FleetError([problem])
    price_list = read_prices(prices)
    price_list.region(name, position)
    plan = plan_fleet(written.fleet, settings, name, price_list, cell)
    return PlannedFile(plan, settings, written)


def environment_cells(sites_file: Path, environment: str) -> tuple[Cell, ...]:
    """The cells of an environment with their sites. Raises FleetError."""
    written, settings = _read(sites_file, environment)
    return cells_of(written.fleet, settings)


def _read(sites_file: Path, environment: str) -> tuple[WrittenFleet, Settings]:
    written = written_sites(sites_file, environment)
    assert written.settings is not None, "an environment has settings"
    return written, written.settings
