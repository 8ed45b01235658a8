"""Deploying a fleet: preview, up and destroy of one stack, through the Automation API.

    target = Target(folder=Path("."), environment="local")
    result = up(target, on_event=print)

Nothing here prints. What happens comes as events, in order, from a thread of the engine's; the end
as a typed result, or as an OperationError whose lines a person can act on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pulumi import automation

from operations import recovery
from operations.events import Change, Event, Failure, Finished, Started, Translator
from operations.failure import explain
from operations.outputs import FleetOutputs, read_outputs
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
    journal = _Journal(Translator(_parents(stack, target)), on_event, Started)
    try:
        stack.preview(on_event=journal, color="never")
        outputs = _plain(stack.outputs())
    except automation.CommandError as error:
        raise explain(error, target, journal.failures) from error
    return Result(changes=tuple(journal.changes.values()), outputs=read_outputs(outputs))


def up(
    target: Target,
    *,
    on_event: OnEvent | None = None,
    variables: Mapping[str, str] | None = None,
) -> Result:
    """Makes AWS what the program says. A failing resource doesn't stop those of other sites.

    First sets right what a killed run left behind. Raises OperationError, with a line for each
    resource that failed; running it again creates what is missing.
    """
    stack = open_stack(target, variables=variables)
    recovery.recover(stack, target)
    journal = _Journal(Translator(_parents(stack, target)), on_event, Finished)
    try:
        done = stack.up(on_event=journal, color="never", continue_on_error=True)
    except automation.CommandError as error:
        raise explain(error, target, journal.failures) from error
    outputs = read_outputs(_plain(done.outputs))
    return Result(changes=tuple(journal.changes.values()), outputs=outputs)


def destroy(target: Target, *, on_event: OnEvent | None = None) -> Result:
    """Removes everything that the stack holds. Protected data stops it. Raises OperationError."""
    stack = open_stack(target)
    recovery.recover(stack, target)
    journal = _Journal(Translator(_parents(stack, target)), on_event, Finished)
    try:
        stack.destroy(on_event=journal, color="never", continue_on_error=True)
    except automation.CommandError as error:
        raise explain(error, target, journal.failures) from error
    return Result(changes=tuple(journal.changes.values()), outputs=read_outputs({}))


def _parents(stack: automation.Stack, target: Target) -> dict[str, str]:
    """URN -> its parent's, of all that the stack holds."""
    try:
        deployment = stack.export_stack().deployment or {}
    except automation.CommandError as error:
        raise explain(error, target) from error
    resources = deployment.get("resources") or []
    return {resource["urn"]: resource["parent"] for resource in resources if "parent" in resource}


def _plain(outputs: automation.OutputMap) -> dict[str, object]:
    return {name: output.value for name, output in outputs.items()}
