"""A whole judgement on a sites.yaml: in one environment, or in all that have settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fleet.load import Fleet, FleetFile, read_fleet_file
from fleet.problems import FleetError, Problem, distinct
from fleet.settings import Settings, SettingsError, environments_beside, load_settings


@dataclass(frozen=True, slots=True)
class Verdict:
    """All problems, sorted by position, and the sites of each environment judged.

    The environment None is the file as it stands.
    """

    problems: tuple[Problem, ...]
    fleets: dict[str | None, Fleet]


def judge_file(path: Path, environment: str | None) -> Verdict:
    """Judges the file and the Pulumi.ENV.yaml beside it.

    Without an environment, the file as it stands and in every environment beside it.
    """
    problems: set[Problem] = set()
    file = _read(path, environment, problems)
    fleets: dict[str | None, Fleet] = {}
    if environment is None:
        _judge(file, None, frozenset(), problems, fleets)
    for name in sorted(environments_beside(path)) if environment is None else [environment]:
        settings, wrong = _settings_of(path, name, problems)
        if settings is not None:
            _judge(file, settings, wrong, problems, fleets)
    return Verdict(distinct(problems), fleets)


def _read(path: Path, environment: str | None, problems: set[Problem]) -> FleetFile | None:
    try:
        file = read_fleet_file(path, frozenset([environment] if environment else []))
    except FleetError as error:
        problems.update(error.problems)
        return None
    problems.update(file.problems)
    return file


def _settings_of(
    path: Path, name: str, problems: set[Problem]
) -> tuple[Settings | None, frozenset[str]]:
    """The settings, or the sound part of them. None if there are none that can be read."""
    try:
        settings, wrong = load_settings(path.parent / f"Pulumi.{name}.yaml", name), frozenset[str]()
    except SettingsError as error:
        settings, wrong = error.sound, error.wrong
        if settings.environment == name or "environment" in wrong:
            problems.update(error.problems)
    except FleetError as error:
        problems.update(error.problems)
        return None, frozenset()
    # The file of a cell's stack names its environment, whose own file has all other settings.
    is_cell = settings.environment != name and "environment" not in wrong
    return (None, frozenset()) if is_cell else (settings, wrong)


def _judge(
    file: FleetFile | None,
    settings: Settings | None,
    wrong: frozenset[str],
    problems: set[Problem],
    fleets: dict[str | None, Fleet],
) -> None:
    if file is None:
        return
    fleet, found = file.in_environment(settings, wrong)
    problems.update(found)
    fleets[settings.environment if settings else None] = fleet
