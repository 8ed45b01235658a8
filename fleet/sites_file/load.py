"""From sites.yaml to the sites of an environment."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fleet.names import NO_CELL
from fleet.problems import FleetError, Position, Problem
from fleet.settings.load import SettingsError
from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.site.staging import with_originals
from fleet.sites_file.effective import effective_site
from fleet.sites_file.file_checks import file_problems
from fleet.sites_file.known import known_name
from fleet.sites_file.project import project_environments
from fleet.sites_file.site_checks import SiteChecks
from fleet.yaml.compose import parse_document, read_document
from fleet.yaml.document import Document, map_at


@contextmanager
def collector_paused() -> Generator[None]:
    """Spares the garbage collector looking for cycles among millions of values, which have none.

    Ten thousand sites take 3.1 s of CPU with it and 1.9 s without.
    """
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()


@dataclass(frozen=True, slots=True)
class Fleet:
    """All sites of the file as they run in one environment, sorted by name."""

    sites: tuple[Site, ...]
    position: Position
    """Where the file lists its sites."""

    def site(self, name: str) -> Site:
        """The site of this name. Raises FleetError, which names the nearest one."""
        names = {site.name: site for site in self.sites}
        return names[known_name("site", name, names, self.position, ("sites", name))]

    def cell(self, name: str) -> str | None:
        """The cell as a command names it, `-` being None. Raises FleetError if no site has it."""
        cells = {site.cell or NO_CELL: site.cell for site in self.sites}
        return cells[known_name("cell", name, cells, self.position)]

    def in_cell(self, cell: str | None) -> tuple[Site, ...]:
        """The sites whose `cell` is this one; None takes those without a cell."""
        return tuple(site for site in self.sites if site.cell == cell)


@dataclass(frozen=True, slots=True)
class FleetFile:
    """A sites.yaml that can be read, whatever may be wrong with what it says."""

    document: Document
    problems: tuple[Problem, ...]

    @property
    def environments(self) -> frozenset[str]:
        """Those that the file has fields for, of all sites or of one."""
        root = self.document.root
        own = (map_at(root, "sites", name, "environments") for name in map_at(root, "sites"))
        return frozenset(name for each in (map_at(root, "environments"), *own) for name in each)

    @collector_paused()
    def in_environment(
        self,
        settings: Settings | None,
        wrong_settings: frozenset[str] = frozenset(),
        environment: str | None = None,
    ) -> tuple[Fleet, tuple[Problem, ...]]:
        """The sites without mistakes, and all that is wrong with the others.

        Without settings the file is judged as it stands, with no overrides but those of
        `environment`. What depends on a setting that is wrong itself is not judged.
        """
        checks = SiteChecks(self.document, settings, wrong_settings)
        sites: list[Site] = []
        for name in map_at(self.document.root, "sites"):
            effective = effective_site(self.document, name, settings, environment)
            checks.add(name, effective)
            if effective.site is not None:
                sites.append(effective.site)
        sites = with_originals(sorted(sites, key=lambda site: site.name))
        position = self.document.key_position(("sites",))
        return Fleet(tuple(sites), position), tuple(checks.problems())


@collector_paused()
def read_fleet_file(
    path: Path, environments: frozenset[str] = frozenset(), text: str | None = None
) -> FleetFile:
    """The file at `path`; `environments` are known by name beside those with a settings file.

    `text`: what the file is to say, in place of what it says. Raises FleetError for what stops the
    reading: no file, no UTF-8, no YAML, no map.
    """
    document = read_document(path) if text is None else parse_document(path, text)
    known = environments | project_environments(path)
    return FleetFile(document, tuple(file_problems(document, known)))


def load_fleet(path: Path, settings: Settings) -> Fleet:
    """The sites of the file at `path`. Raises FleetError with everything wrong in it."""
    file = read_fleet_file(path, frozenset({settings.environment}))
    fleet, problems = file.in_environment(settings)
    if problems := (*file.problems, *problems):
        raise FleetError(problems)
    return fleet


def load_stack(read_settings: Callable[[], Settings], folder: Path) -> tuple[Settings, Fleet]:
    """The settings and the fleet that they name, which is looked for in `folder`.

    Raises FleetError with everything wrong in both files.
    """
    try:
        settings = read_settings()
    except SettingsError as error:
        raise FleetError((*error.problems, *_problems_beside(error, folder))) from None
    return settings, load_fleet(folder / settings.sites_file, settings)


def _problems_beside(error: SettingsError, folder: Path) -> tuple[Problem, ...]:
    """What is wrong with the sites, as far as it can be told under wrong settings."""
    try:
        file = read_fleet_file(folder / error.sound.sites_file)
    except FleetError as unreadable:
        return unreadable.problems
    _, problems = file.in_environment(error.sound, error.wrong)
    return (*file.problems, *problems)
