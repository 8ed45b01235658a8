"""Changing what sites.yaml says of a site: add, pause, resume, retire.

    edit = pause_site(Path("sites.yaml"), "blog")
    print(edit.diff)

Each function reads the file, changes the lines it must, validates the result and writes it in one
step. They raise FleetError and then leave the file as it was, print nothing, and may be called from
several threads or processes at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from fleet.problems import FleetError, Position, Problem
from fleet.sites_file.check import check_file
from fleet.sites_file.effective import site_layers
from fleet.sites_file.known import known_name
from fleet.sites_file.layers import merge, origin
from fleet.sites_file.project import environment_settings, project_environments
from fleet.yaml.compose import parse_document, read_document
from fleet.yaml.document import Document, dotted, map_at
from fleet.yaml.save import change_file
from fleet.yaml.splice import SpliceError, add_entry, remove_value, set_value

State = Literal["live", "paused", "retired"]

# The keys of `sites` and of the site itself, which a removal leaves.
_OF_SITE = 2


@dataclass(frozen=True, slots=True)
class Overruled:
    """An environment in which the site keeps another state, and where that is written."""

    environment: str
    state: str
    position: Position


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file. Both texts are equal when it said so already."""

    file: Path
    before: str
    after: str
    overruled: tuple[Overruled, ...] = ()

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def diff(self) -> str:
        """The lines that changed, as `diff -u` has them with one line around."""
        before, after = self.before.splitlines(), self.after.splitlines()
        name = str(self.file)
        return "\n".join(difflib.unified_diff(before, after, name, name, n=1, lineterm=""))


def add_site(
    file: Path,
    name: str,
    domains: Sequence[str],
    *,
    profile: str | None = None,
    cell: str | None = None,
    new_cell: bool = False,
) -> Edit:
    """Adds a site after the others. `new_cell` allows a cell that no site lives in yet."""
    values: dict[str, Any] = {"domains": list(domains), "profile": profile, "cell": cell}
    values = {key: value for key, value in values.items() if value is not None}

    def change(text: str, document: Document) -> str:
        _refuse_twins(document, name, domains)
        _refuse_other_cells(document, cell, new_cell)
        return add_entry(text, ("sites",), name, values)

    return _edit(file, change)


def pause_site(file: Path, name: str, environment: str | None = None) -> Edit:
    """Takes the site's tasks away and keeps its data; in one environment, or in all."""
    return _set_state(file, name, "paused", environment)


def retire_site(file: Path, name: str, environment: str | None = None) -> Edit:
    """Pauses the site and gives up the protection of its data: the step before its removal."""
    return _set_state(file, name, "retired", environment)


def resume_site(file: Path, name: str, environment: str | None = None) -> Edit:
    """Lets the site live again. Takes the word out of the file where `live` holds without it."""
    return _set_state(file, name, "live", environment)


def _set_state(file: Path, name: str, state: State, environment: str | None) -> Edit:
    if environment is not None:
        environment_settings(file, environment)
    above = ("sites", name, *(("environments", environment) if environment else ()))
    path = (*above, "state")

    def change(text: str, document: Document) -> str:
        _require_site(document, name)
        layers = site_layers(document, name, environment)
        own = map_at(document.root, *above)
        weaker = [layer for layer in layers if layer.path != above]
        if merge(layers).get("state", "live") == state:
            return text
        if "state" in own and merge(weaker).get("state", "live") == state:
            try:
                return remove_value(text, path, keep=_OF_SITE)
            except SpliceError:
                # A comment inside a flow map has no line of its own to stay in.
                return set_value(text, path, state)
        return set_value(text, path, state)

    edit = _edit(file, change)
    return Edit(file, edit.before, edit.after, _overruled(file, name, state, environment))


def _edit(file: Path, change: Callable[[str, Document], str]) -> Edit:
    def checked_change(text: str) -> str:
        document = parse_document(file, text)
        if document.problems:
            raise FleetError(document.problems)
        try:
            return change(text, document)
        except SpliceError as error:
            raise _by_hand(document, str(error)) from None

    def check(text: str) -> None:
        if problems := check_file(file, None, text).problems:
            # What was wrong before is told with the lines that the file has now.
            raise FleetError(check_file(file, None).problems or problems)

    before, after = change_file(file, checked_change, check)
    return Edit(file, before, after)


def _by_hand(document: Document, path: str) -> FleetError:
    steps = path.split(".")
    return FleetError(
        [
            Problem.of(
                document.position(steps),
                path,
                "found a place that can't be changed alone, through an alias, `<<` or its layout",
                "a site as a map of its own",
                "the change made by hand",
            )
        ]
    )


def _require_site(document: Document, name: str) -> None:
    sites = map_at(document.root, "sites")
    known_name("site", name, sites, document.key_position(("sites",)), ("sites", name))


def _refuse_twins(document: Document, name: str, domains: Sequence[str]) -> None:
    problems: list[Problem] = []
    sites = map_at(document.root, "sites")
    if name in sites:
        path = ("sites", name)
        found = f"found a site {name} already"
        where = document.key_position(path)
        problems.append(Problem.of(where, dotted(path), found, "a name that is free", f"{name}-2"))
    for path, domain in _domains(sites):
        if domain in domains:
            found = f"found {domain} already, in site {path[1]}"
            problems.append(
                Problem.of(
                    document.position(path),
                    dotted(path),
                    found,
                    "each domain once in the fleet",
                    f"www.{domain}",
                )
            )
    if problems:
        raise FleetError(problems)


def _domains(sites: Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    """Every domain that the file gives a site, in whatever environment, with its path."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    for name in sites:
        places: list[tuple[str, ...]] = [()]
        places += [("environments", each) for each in map_at(sites, name, "environments")]
        for place in places:
            written: Any = map_at(sites, name, *place).get("domains")
            domains = cast("list[Any]", written) if isinstance(written, list) else []
            above = ("sites", name, *place, "domains")
            found += [((*above, index), str(each)) for index, each in enumerate(domains)]
    return found


def _refuse_other_cells(document: Document, cell: str | None, new_cell: bool) -> None:
    """A cell by mistake is a stack with a load balancer of its own."""
    sites = map_at(document.root, "sites")
    cells = {map_at(sites, name).get("cell") for name in sites}
    known = sorted(each for each in cells if isinstance(each, str))
    position = document.key_position(("sites",))
    if cell is None and sites and None not in cells:
        found = "found no cell for the site, though each of the others has one"
        allowed = f"a cell ({', '.join(known)})"
        example = f"--cell {known[0]}; `fleet plan` says which has room"
        raise FleetError([Problem.of(position, "cell", found, allowed, example)])
    if cell is not None and known and cell not in known and not new_cell:
        try:
            known_name("cell", cell, known, position)
        except FleetError as error:
            (problem,) = error.problems
            message = f"{problem.message}; or --new-cell, for a stack of its own"
            raise FleetError([replace(problem, message=message)]) from None


def _overruled(
    file: Path, name: str, state: State, environment: str | None
) -> tuple[Overruled, ...]:
    """Where a stronger layer keeps the site in another state than was asked for all."""
    if environment is not None:
        return ()
    document = read_document(file)
    found: list[Overruled] = []
    for each in sorted(project_environments(file)):
        layers = site_layers(document, name, each)
        effective = merge(layers).get("state", "live")
        if effective != state and (written := origin(layers, ("state",))):
            found.append(Overruled(each, effective, document.position(written.path)))
    return tuple(found)
