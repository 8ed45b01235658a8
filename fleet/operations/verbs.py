"""The deploy verbs for the cells of an environment.

    declared = read_declared(Target(folder=Path("."), environment="prod"))
    with up(declared, canary="eu1") as run:
        for each in run:
            print(each.target.stack, each.event)
    print(run.result().ok)

Each call checks the names and asks the backend which stacks there are, about a second, and then
returns a Run that is at work: an engine a cell, each in a process of its own. Nothing here prints
or keeps state, so any thread may call it; from asyncio: `await asyncio.to_thread(up, declared)`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from fleet.names import ON_DEMAND_VARIABLE
from fleet.operations import deploy, simulation
from fleet.operations.declared import Declared
from fleet.operations.deploy import OnEvent, Result
from fleet.operations.engine.outputs import read_outputs
from fleet.operations.engine.stack_cli import StackCli
from fleet.operations.engine.workspace import find_cli, standing_stacks
from fleet.operations.run import Run, Verb
from fleet.operations.selection import check_canary, select
from fleet.operations.target import Target

# A cell's processes take 0.5 to 0.8 GB: the AWS provider 170 to 430 MB, the engine and the program
# 150 MB each. Four fit the 4 GB that a small CI machine has left, and a first `up` mostly waits for
# Aurora; but RegisterTaskDefinition, at 1 a second, is shared by all of them.
PARALLEL = 4


def preview(
    declared: Declared,
    *,
    cells: Collection[str] = (),
    sites: Collection[str] = (),
    parallel: int = PARALLEL,
    on_demand: bool = False,
) -> Run:
    """What `up` would change. Raises FleetError before anything begins."""
    work = partial(deploy.preview_stack, variables=_variables(None, on_demand=on_demand))
    return _Order("preview", declared, cells, sites).begin(work, parallel)


def up(
    declared: Declared,
    *,
    cells: Collection[str] = (),
    sites: Collection[str] = (),
    parallel: int = PARALLEL,
    canary: str | None = None,
    variables: Mapping[str, str] | None = None,
    on_demand: bool = False,
) -> Run:
    """Makes AWS what sites.yaml says, in all cells or in `cells`, `parallel` at a time.

    `canary`: this cell first, and the others only if it succeeded. `sites`: only these, leaving
    the shared base alone. `cells`: "-" names the stack of the sites without one. `variables` are
    added to the environment of the engines. `on_demand`: no task on Spot until the next `up`
    without it. Raises FleetError before anything begins.
    """
    work = partial(deploy.up_stack, variables=_variables(variables, on_demand=on_demand))
    return _Order("up", declared, cells, sites).begin(work, parallel, canary)


def refresh(
    declared: Declared,
    *,
    cells: Collection[str] = (),
    sites: Collection[str] = (),
    parallel: int = PARALLEL,
) -> Run:
    """Reads what is on AWS into the stacks' state; `delete` is what is gone from there.

    Raises FleetError before anything begins.
    """
    return _Order("refresh", declared, cells, sites).begin(deploy.refresh_stack, parallel)


def destroy(declared: Declared, *, cells: Collection[str] = (), parallel: int = PARALLEL) -> Run:
    """Removes all, also the stacks whose cell no site names any more; nothing that is protected.

    Raises FleetError before anything begins.
    """

    def work(target: Target, *, sites: Collection[str], **given: Any) -> Result:
        result = deploy.destroy_stack(target, **given)
        if target.simulated:
            simulation.end_if_empty(target.folder)
        return result

    return _Order("destroy", declared, cells, ()).begin(work, parallel)


def _variables(given: Mapping[str, str] | None, *, on_demand: bool) -> dict[str, str]:
    return {**(given or {}), **({ON_DEMAND_VARIABLE: "1"} if on_demand else {})}


class _Action(Protocol):
    """A verb for one stack."""

    def __call__(
        self,
        target: Target,
        *,
        sites: Collection[str],
        on_event: OnEvent,
        cli: StackCli,
        known: bool,
    ) -> Result: ...


@dataclass(frozen=True)
class _Order:
    """What was asked for."""

    verb: Verb
    declared: Declared
    cells: Collection[str]
    sites: Collection[str]

    def begin(self, action: _Action, parallel: int, canary: str | None = None) -> Run:
        own = self.declared.target
        if own.simulated:
            simulation.check_room(own.folder)
        found = find_cli(own.folder)
        standing = standing_stacks(own, StackCli(found, own.settings_file))
        selection = select(
            self.declared,
            standing,
            cells=self.cells or ([own.cell] if own.cell else ()),
            sites=self.sites,
            leftover_too=self.verb == "destroy",
        )

        def work(target: Target, cli: StackCli, on_event: OnEvent) -> Result:
            known = target.stack in standing
            if self.verb in ("refresh", "destroy") and not known:
                return Result(changes=(), outputs=read_outputs({}))
            return action(
                target,
                sites=selection.sites[target],
                on_event=on_event,
                cli=cli,
                known=known,
            )

        return Run(
            self.verb,
            work,
            {target: StackCli(found, own.settings_file) for target in selection.sites},
            parallel=parallel,
            canary=None if canary is None else check_canary(canary, self.declared, selection.sites),
            leftover=selection.leftover,
        )
