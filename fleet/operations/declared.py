"""Which sites and cells an environment is to have: what sites.yaml says, for the live verbs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from fleet.names import in_order
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.settings.load import load_settings
from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.sites_file.load import Fleet, load_fleet


@dataclass(frozen=True, slots=True)
class Declared:
    """The sites of one environment, in the file's every cell."""

    target: Target
    settings: Settings
    fleet: Fleet

    @property
    def sites(self) -> tuple[Site, ...]:
        return self.fleet.sites

    def site(self, name: str) -> Site:
        """The site of that name. Raises FleetError, which names the nearest one."""
        return self.fleet.site(name)

    def home(self, site: Site) -> Target:
        """The stack that the site lives in."""
        return replace(self.target, cell=site.cell)

    def stacks(self) -> tuple[Target, ...]:
        """The target's cell, or without one every stack that a site lives in, sorted by cell.

        The cell "-" is the stack of the sites without one. Raises FleetError for a cell that no
        site names.
        """
        cells = {site.cell for site in self.sites}
        wanted = self.target.cell
        if wanted is None:
            return tuple(
                replace(self.target, cell=cell) for cell in sorted(cells, key=in_order) or [None]
            )
        return (replace(self.target, cell=self.fleet.cell(wanted)),)


def read_declared(target: Target, file: Path | None = None) -> Declared:
    """The sites of the file that the environment's settings name, which `file` has to be if given.

    Raises FleetError for what is wrong in a file, OperationError for an unknown environment and for
    another `file`: the program would not read it.
    """
    target.check()
    settings = load_settings(target.settings_file, target.environment)
    path = target.folder / settings.sites_file
    if file is not None and file.resolve() != path.resolve():
        raise OperationError(
            f"{file} is not the file of sites of {target.environment}, which is {path}; "
            f"set sitesFile in {target.settings_file.name}"
        )
    return Declared(target, settings, load_fleet(path, settings))
