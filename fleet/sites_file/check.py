"""A whole judgement on a sites.yaml: in one environment, or in all that have settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fleet.problems import FleetError, Problem, distinct
from fleet.settings.load import SettingsError
from fleet.settings.model import Settings
from fleet.sites_file.known import known_environment
from fleet.sites_file.load import Fleet, FleetFile, read_fleet_file
from fleet.sites_file.project import (
    OtherFileError,
    environment_settings,
    named_file,
    project_environments,
)


@dataclass(frozen=True, slots=True)
class Check:
    """All problems, sorted by position, and the sites of each environment judged.

    The environment None is the file as it stands.
    """

    problems: tuple[Problem, ...]
    fleets: dict[str | None, Fleet]
    without_settings: tuple[str, ...] = ()
    """Environments that the draft of a file was checked in, with no settings to check it under."""


def check_file(path: Path, environment: str | None, text: str | None = None) -> Check:
    """Judges the file and the Pulumi.ENV.yaml of its project.

    Without an environment, the file as it stands and in every environment that it is for: those
    that name it, or all if none does. `text`: what the file is to say, in place of what it says.
    """
    file, problems = _read(path, environment, text)
    fleets: dict[str | None, Fleet] = {}
    drafted = () if project_environments(path) else _drafted(path, file, environment)
    known = () if drafted and environment else _environments(path, environment)
    for under in (*known, *drafted):
        problems += under.problems
        if file is not None and under.counts:
            name = under.settings.environment if under.settings else under.drafted
            fleet, found = file.in_environment(under.settings, under.wrong, name)
            problems += found
            fleets[name] = fleet
    return Check(distinct(problems), fleets, tuple(each.drafted or "" for each in drafted))


def _read(
    path: Path, environment: str | None, text: str | None
) -> tuple[FleetFile | None, list[Problem]]:
    try:
        file = read_fleet_file(path, frozenset([environment] if environment else []), text)
    except FleetError as error:
        return None, list(error.problems)
    return file, list(file.problems)


@dataclass(frozen=True, slots=True)
class _Environment:
    """What the sites are judged under; without settings, the file as it stands."""

    settings: Settings | None = None
    wrong: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    counts: bool = True
    """False if the settings can't be read at all."""
    drafted: str | None = None
    """An environment of which there is no more than what the file says."""
    elsewhere: bool = False
    """Whether its sites are in another file, while this one is no draft."""

    def names(self, path: Path) -> bool:
        """Whether its sites are in this file."""
        return bool(self.settings) and named_file(path, self.settings).resolve() == path.resolve()


def _drafted(path: Path, file: FleetFile | None, name: str | None) -> tuple[_Environment, ...]:
    """The environments of a file that stands alone, with settings for none; or the one asked for.

    Raises FleetError for one that the file doesn't know, where it knows any.
    """
    known = file.environments if file else frozenset[str]()
    if name is not None and known:
        known_environment(name, known, str(path))
    names = sorted(known) if name is None else [name]
    return tuple(_Environment(drafted=each) for each in names)


def _environments(path: Path, environment: str | None) -> Iterator[_Environment]:
    if environment is not None:
        yield _environment(path, environment)
        return
    yield _Environment()
    found = {name: _environment(path, name) for name in sorted(project_environments(path))}
    is_draft = not any(each.names(path) for each in found.values())
    for name, each in found.items():
        # The file of a cell's stack names its environment, whose own file has all other settings.
        of_a_cell = each.settings is not None and each.settings.environment != name
        elsewhere = each.elsewhere or not (is_draft or each.settings is None or each.names(path))
        if not elsewhere and (not of_a_cell or "environment" in each.wrong):
            yield each


def _environment(path: Path, name: str) -> _Environment:
    try:
        return _Environment(environment_settings(path, name))
    except SettingsError as error:
        return _Environment(error.sound, error.wrong, error.problems)
    except FleetError as error:
        elsewhere = isinstance(error, OtherFileError)
        return _Environment(problems=error.problems, counts=False, elsewhere=elsewhere)
