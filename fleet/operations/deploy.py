"""Deploying one stack: preview, up, refresh and destroy, through the Automation API.

    target = Target(folder=Path("."), environment="local")
    result = up_stack(target, on_event=print)

Nothing here prints. What happens comes as events, in order, from a thread of the engine's; the end
as a typed result, or as an OperationError whose lines a person can act on. `verbs` does the same
for the cells of an environment, side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pulumi import automation

from fleet.operations.engine.events import (
    Change,
    Event,
    Failure,
    Finished,
    Planned,
    Started,
    Translator,
)
from fleet.operations.engine.failure import failure_lines, operation_error
from fleet.operations.engine.outputs import FleetOutputs, read_outputs
from fleet.operations.engine.partial_up import partial_up
from fleet.operations.engine.stack_cli import StackCli
from fleet.operations.engine.stale_lock import freeing_dead_locks
from fleet.operations.engine.state import read_state
from fleet.operations.engine.workspace import open_stack
from fleet.operations.problem import OperationError
from fleet.operations.recovery.checkpoint import (
    Deployment,
    failed,
    live_urns,
    parents,
    pending_creations,
    protected_names,
    site_names,
)
from fleet.operations.recovery.recover import recover, tell_half_done
from fleet.operations.recovery.reread import compare
from fleet.operations.target import Target

OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run changed, in the order of the engine, and the fleet as it is now.

    `left_out`: changes that a preview of some sites alone found elsewhere.
    """

    changes: tuple[Change, ...]
    outputs: FleetOutputs
    left_out: tuple[Change, ...] = ()


@dataclass
class Journal:
    """Keeps what the engine tells, each resource once, and passes it on."""

    translator: Translator
    on_event: OnEvent | None
    sites: Collection[str] = ()
    previews: bool = False
    changes: dict[str, Change] = field(default_factory=dict[str, Change])
    left_out: dict[str, Change] = field(default_factory=dict[str, Change])
    failures: list[Failure] = field(default_factory=list[Failure])

    def __call__(self, engine_event: automation.EngineEvent) -> None:
        event = self.translator.translate(engine_event)
        if isinstance(event, Failure):
            self.failures.append(event)
        elif self.previews and isinstance(event, Started):
            event = self._planned(event.change)
        elif isinstance(event, Finished):
            event = None if self.previews else self._once(event)
        if event and self.on_event:
            self.on_event(event)

    def _once(self, event: Finished) -> Finished | None:
        """A component finishes twice: registered, and its outputs known."""
        urn = event.change.resource.urn
        if urn in self.changes:
            return None
        self.changes[urn] = event.change
        return event

    def _planned(self, change: Change) -> Planned | None:
        wanted = not self.sites or change.site in self.sites
        (self.changes if wanted else self.left_out)[change.resource.urn] = change
        return Planned(change) if wanted else None


def preview_stack(
    target: Target,
    *,
    sites: Collection[str] = (),
    on_event: OnEvent | None = None,
    variables: Mapping[str, str] | None = None,
    cli: StackCli | None = None,
    known: bool = False,
) -> Result:
    """What `up` would change, of `sites` alone if there are any; touches nothing.

    Its outputs are those of the last `up`. Raises OperationError.
    """
    stack = open_stack(target, variables=variables, cli=cli, known=known)
    try:
        state = read_state(stack)
    except automation.CommandError as error:
        raise operation_error(error, target) from error
    if on_event:
        tell_half_done(state, on_event)
    journal = Journal(Translator(parents(state)), on_event, sites, previews=True)
    with _errors_told(stack, target, journal):
        stack.preview(on_event=journal, color="never")
        outputs = read_outputs(_plain(stack.outputs()))
    changes, left_out = tuple(journal.changes.values()), tuple(journal.left_out.values())
    return Result(changes=changes, outputs=outputs, left_out=left_out)


def up_stack(
    target: Target,
    *,
    sites: Collection[str] = (),
    on_event: OnEvent | None = None,
    variables: Mapping[str, str] | None = None,
    cli: StackCli | None = None,
    known: bool = False,
) -> Result:
    """Makes AWS what the program says. A failing resource doesn't stop those of other sites.

    First sets right what a killed run left behind. With `sites`, changes only what a preview finds
    of these, and leaves the shared base alone. `variables` are added to the environment of the
    engine. Raises OperationError, with a line for each resource that failed; running it again
    creates what is missing.
    """
    stack = open_stack(target, variables=variables, cli=cli, known=known)
    journal = _journal(recover(stack, target, on_event), on_event)
    only: list[str] | None = None
    if sites:
        plan = preview_stack(target, sites=sites, variables=variables, cli=cli, known=True)
        only = [change.resource.urn for change in plan.changes]
        if not only:
            return plan
    with _errors_told(stack, target, journal):
        done = freeing_dead_locks(stack, lambda: partial_up(stack, journal, only))
    outputs = read_outputs(_plain(done.outputs))
    return Result(changes=tuple(journal.changes.values()), outputs=outputs)


def refresh_stack(
    target: Target,
    *,
    sites: Collection[str] = (),
    on_event: OnEvent | None = None,
    cli: StackCli | None = None,
    known: bool = False,
) -> Result:
    """Reads from AWS what the stack holds, or what it holds of `sites`, into its state.

    Changes nothing on AWS: what differs from the program is what the next `up` sets right.
    Raises OperationError.
    """
    stack = open_stack(target, cli=cli, known=known)
    state = recover(stack, target, on_event, reread=False)
    journal = _journal(state, on_event)
    with _errors_told(stack, target, journal):
        only = [urn for urn in sorted(live_urns(state)) if journal.translator.site_of(urn) in sites]
        if sites and not only:
            raise OperationError(f"{target.stack}: {', '.join(sorted(sites))}: not deployed yet")
        freeing_dead_locks(
            stack, lambda: stack.refresh(on_event=journal, color="never", target=only or None)
        )
        if left := [row for row in failed(state) if not only or row["urn"] in only]:
            compare(stack, target, left, on_event)
        outputs = read_outputs(_plain(stack.outputs()))
    return Result(changes=tuple(journal.changes.values()), outputs=outputs)


def destroy_stack(
    target: Target,
    *,
    on_event: OnEvent | None = None,
    cli: StackCli | None = None,
    known: bool = False,
) -> Result:
    """Removes everything that the stack holds; nothing while data is protected.

    Raises OperationError.
    """
    stack = open_stack(target, cli=cli, known=known)
    state = recover(stack, target, on_event)
    journal = _journal(state, on_event)
    with _errors_told(stack, target, journal):
        _refuse_protected(state, target)
        freeing_dead_locks(
            stack, lambda: stack.destroy(on_event=journal, color="never", continue_on_error=True)
        )
    return Result(changes=tuple(journal.changes.values()), outputs=read_outputs({}))


def _refuse_protected(state: Deployment, target: Target) -> None:
    """Without its preview the engine deletes what isn't protected before it refuses the rest."""
    names, sites = protected_names(state), site_names(state)
    if not names:
        return
    # Which a run passes over when no site of the file names it.
    again = f"run up of the cell with {' and '.join(sites)} in the file" if sites else "run up"
    raise OperationError(
        f"{target.stack}: data is protected ({', '.join(names)}); nothing was deleted. To give "
        f"it up: set protectData to false in {target.settings_file.name}, "
        f"{again if target.cell else 'run up'}, then destroy"
    )


def _journal(state: Deployment, on_event: OnEvent | None) -> Journal:
    return Journal(Translator(parents(state)), on_event)


@contextmanager
def _errors_told(stack: automation.Stack, target: Target, journal: Journal) -> Iterator[None]:
    try:
        yield
    except automation.CommandError as error:
        cli = stack.workspace.pulumi_command
        if isinstance(cli, StackCli) and cli.interrupted:
            raise OperationError(_stopped(stack, target, journal)) from error
        raise operation_error(error, target, journal.failures) from error


def _stopped(stack: automation.Stack, target: Target, journal: Journal) -> list[str]:
    """Where an interrupted run has left the stack, and what had failed before."""
    lines = [
        line for failure in journal.failures if failure.resource for line in failure_lines(failure)
    ]
    done = len(journal.changes)
    told = f"{target.stack}: stopped after {done} change{'' if done == 1 else 's'}"
    if journal.previews:
        return [*lines, f"{target.stack}: stopped; a preview changes nothing"]
    try:
        unseen = len(pending_creations(read_state(stack)))
    except automation.CommandError:
        return [*lines, f"{told}; the backend doesn't answer, so what its state says is not known"]
    if unseen:
        told += f", while AWS was creating {unseen} more; the next up looks for these"
    return [*lines, f"{told}; the state is saved, and the next run goes on from there"]


def _plain(outputs: automation.OutputMap) -> dict[str, object]:
    return {name: output.value for name, output in outputs.items()}
