"""Deploying a fleet: preview, up and destroy of one stack, through the Automation API.

    target = Target(folder=Path("."), environment="local")
    result = up(target, on_event=print)

Nothing here prints. What happens comes as events, in order, from a thread of the engine's; the end
as a typed result, or as an OperationError whose lines a person can act on.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pulumi import automation

from operations.checkpoint import parents, protected_names
from operations.events import Change, Event, Failure, Finished, Started, Translator
from operations.failure import explain
from operations.outputs import FleetOutputs, read_outputs
from operations.problem import OperationError
from operations.recovery import recover
from operations.stale_lock import freeing_dead_locks
from operations.state import read_state
from operations.target import Target
from operations.workspace import open_stack

OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run changed, in the order of the engine, and the fleet as it is now."""

    changes: tuple[Change, ...]
    outputs: FleetOutputs


@dataclass
class _Journal:
    """Keeps what the engine tells, each resource once, and passes it on."""

    translator: Translator
    on_event: OnEvent | None
    kind: type[Started] | type[Finished]
    changes: dict[str, Change] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def __call__(self, engine_event: automation.EngineEvent) -> None:
        event = self.translator.translate(engine_event)
        if isinstance(event, Failure):
            self.failures.append(event)
        elif isinstance(event, self.kind):
            # A component finishes twice: registered, and its outputs known.
            urn = event.change.resource.urn
            if urn in self.changes:
                return
            self.changes[urn] = event.change
        if event and self.on_event:
            self.on_event(event)


def preview(target: Target, *, on_event: OnEvent | None = None) -> Result:
    """What `up` would change; touches nothing. Its outputs are those of the last `up`.

    Raises OperationError.
    """
    stack = open_stack(target)
    journal = _journal(stack, target, on_event, Started)
    with _explaining(target, journal):
        stack.preview(on_event=journal, color="never")
        outputs = read_outputs(_plain(stack.outputs()))
    return Result(changes=tuple(journal.changes.values()), outputs=outputs)


def up(
    target: Target,
    *,
    on_event: OnEvent | None = None,
    variables: Mapping[str, str] | None = None,
) -> Result:
    """Makes AWS what the program says. A failing resource doesn't stop those of other sites.

    First sets right what a killed run left behind. `variables` are added to the environment of
    the engine. Raises OperationError, with a line for each resource that failed; running it again
    creates what is missing.
    """
    stack = open_stack(target, variables=variables)
    recover(stack, target, on_event)
    journal = _journal(stack, target, on_event, Finished)
    with _explaining(target, journal):
        done = freeing_dead_locks(
            stack, lambda: stack.up(on_event=journal, color="never", continue_on_error=True)
        )
    outputs = read_outputs(_plain(done.outputs))
    return Result(changes=tuple(journal.changes.values()), outputs=outputs)


def destroy(target: Target, *, on_event: OnEvent | None = None) -> Result:
    """Removes everything that the stack holds; nothing while data is protected.

    Raises OperationError.
    """
    stack = open_stack(target)
    recover(stack, target, on_event)
    journal = _journal(stack, target, on_event, Finished)
    with _explaining(target, journal):
        _refuse_protected(stack, target)
        freeing_dead_locks(
            stack, lambda: stack.destroy(on_event=journal, color="never", continue_on_error=True)
        )
    return Result(changes=tuple(journal.changes.values()), outputs=read_outputs({}))


def _refuse_protected(stack: automation.Stack, target: Target) -> None:
    """Without its preview the engine deletes what isn't protected before it refuses the rest."""
    names = protected_names(read_state(stack))
    if names:
        raise OperationError(
            f"{target.stack}: data is protected ({', '.join(names)}); nothing was deleted. To give "
            f"it up: set protectData to false in {target.settings_file.name}, run up, then destroy"
        )


def _journal(
    stack: automation.Stack,
    target: Target,
    on_event: OnEvent | None,
    kind: type[Started] | type[Finished],
) -> _Journal:
    try:
        return _Journal(Translator(parents(read_state(stack))), on_event, kind)
    except automation.CommandError as error:
        raise explain(error, target) from error


@contextmanager
def _explaining(target: Target, journal: _Journal) -> Iterator[None]:
    try:
        yield
    except automation.CommandError as error:
        raise explain(error, target, journal.failures) from error


def _plain(outputs: automation.OutputMap) -> dict[str, object]:
    return {name: output.value for name, output in outputs.items()}
