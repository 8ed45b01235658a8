"""Which stacks a verb is for: cells and sites by name, against sites.yaml and the backend."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from fleet.names import PROJECT, cell_of_stack, in_order
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.sites_file.known import known_name
from fleet.sites_file.project import project_environments, value_at
from fleet.yaml.compose import read_document


@dataclass(frozen=True, slots=True)
class Selection:
    """The stacks to work on, in order, with the sites that alone are meant (none: all).

    `leftover`: stacks of the environment that hold resources, though no site names their cell.
    """

    sites: Mapping[Target, tuple[str, ...]]
    leftover: tuple[Target, ...]


def select(
    declared: Declared,
    standing: Mapping[str, int],
    *,
    cells: Collection[str] = (),
    sites: Collection[str] = (),
    leftover_too: bool = False,
) -> Selection:
    """The stacks of `cells` and `sites`; of the whole environment when both are empty.

    `standing`: the stacks in the backend with their resources. Raises OperationError for unknown
    names, for a site outside `cells`, and for cells whose settings don't name the environment.
    """
    leftover = _leftover(declared, standing)
    known = {target.label: target for target in (*_of_file(declared), *leftover)}
    there = declared.fleet.position
    chosen = [known[known_name("cell", cell, known, there)] for cell in dict.fromkeys(cells)]
    wanted = {declared.site(site).name: declared.home(declared.site(site)) for site in sites}
    for site, home in wanted.items():
        if chosen and home not in chosen:
            raise OperationError(f"{site} lives in {_named(home)}, not in {', '.join(cells)}")
    if wanted:
        chosen = sorted(set(wanted.values()), key=lambda target: in_order(target.label))
    elif not chosen:
        chosen = [*_of_file(declared), *(leftover if leftover_too else ())]
    if any(target.cell for target in chosen):
        _check_environment(declared.target)
    of_site = {
        target: tuple(s for s, home in wanted.items() if home == target) for target in chosen
    }
    return Selection(of_site, leftover)


def check_canary(canary: str, declared: Declared, targets: Iterable[Target]) -> Target:
    """The stack of the canary's cell. Raises FleetError when it isn't among the targets."""
    known = {target.label: target for target in targets}
    return known[known_name("cell", canary, known, declared.fleet.position, ("--canary",))]


def _of_file(declared: Declared) -> tuple[Target, ...]:
    return replace(declared, target=replace(declared.target, cell=None)).stacks()


def _leftover(declared: Declared, standing: Mapping[str, int]) -> tuple[Target, ...]:
    """Of the backend's stacks, those of this environment that the file doesn't name any more."""
    environment = declared.target.environment
    others = [
        f"{other}-"
        for other in project_environments(declared.target.settings_file)
        if other.startswith(f"{environment}-")
    ]
    own = {target.stack for target in _of_file(declared)}
    return tuple(
        replace(declared.target, cell=cell_of_stack(stack, environment))
        for stack, resources in sorted(standing.items())
        if resources
        and stack not in own
        and (stack == environment or cell_of_stack(stack, environment))
        and not f"{stack}-".startswith(tuple(others))
    )


def _check_environment(target: Target) -> None:
    """A cell's stack learns its environment from there, and its cell from its own name."""
    document = read_document(target.settings_file)
    if value_at(document, ("config", f"{PROJECT}:environment")) != target.environment:
        raise OperationError(
            f"{target.settings_file.name}: its cells have to know the environment they are of: "
            f"add `{PROJECT}:environment: {target.environment}` under `config:`"
        )


def _named(target: Target) -> str:
    return f"the cell {target.cell}" if target.cell else "the stack without a cell"
