"""What the engine did in one run, from its own events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pulumi.automation import EngineEvent, OpType
from pulumi.automation.events import StepEventMetadata

from fleet.operations.engine.events import Failure, Resource, Translator

# Steps that change nothing on AWS; the engine's own resources and components, which are not there.
IDLE = (OpType.SAME, OpType.READ, OpType.REFRESH)
ELSEWHERE = ("pulumi:pulumi:", "pulumi:providers:", "wordpress-fleet:index:")
OnStep = Callable[[StepEventMetadata], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the engine did: `op` is its own word, such as create or delete-replaced."""

    op: str
    type: str
    name: str
    site: str | None
    """The site that the resource belongs to; None for the shared base."""


@dataclass(frozen=True, slots=True)
class Run:
    """The steps of a run that were done (or in a preview: planned), and what went wrong."""

    steps: tuple[Step, ...]
    errors: tuple[str, ...]
    """Errors as the engine reports them, in order."""
    failed: str | None
    """The CLI's whole output when its exit status was not 0."""
    rounds: int = 1
    """How often the engine ran."""

    def succeeded(self) -> Run:
        """This run, if it has; the CLI's output otherwise."""
        assert self.failed is None, self.failed
        return self

    def sites(self) -> set[str | None]:
        """The sites that were touched; None among them if the base was."""
        return {step.site for step in self.steps}

    def of(self, *ops: str) -> set[tuple[str, str]]:
        """Type and name of the resources that these steps were for."""
        return {(step.type, step.name) for step in self.steps if step.op in ops}

    def ops(self) -> set[str]:
        return {step.op for step in self.steps}


@dataclass
class Journal:
    """Listens to the engine. `on_step` hears of each step that begins."""

    on_step: OnStep | None = None
    translator: Translator = field(default_factory=lambda: Translator({}))
    failures: list[Failure] = field(default_factory=list)
    _steps: list[StepEventMetadata] = field(default_factory=list)
    _rounds: int = 0

    def __call__(self, event: EngineEvent) -> None:
        translated = self.translator.translate(event)
        if isinstance(translated, Failure):
            self.failures.append(translated)
        if event.resource_pre_event and self.on_step:
            self.on_step(event.resource_pre_event.metadata)
        if event.prelude_event:
            self._rounds += 1
        # Comes when a step is done, and in a preview when it is planned.
        if event.res_outputs_event:
            self._steps.append(event.res_outputs_event.metadata)

    def run(self, failed: str | None) -> Run:
        """What was heard."""
        steps = dict.fromkeys(
            Step(
                step.op.value, step.type, Resource(step.urn).name, self.translator.site_of(step.urn)
            )
            for step in self._steps
            if step.op not in IDLE and not step.type.startswith(ELSEWHERE)
        )
        errors = tuple(each.message for each in self.failures)
        return Run(tuple(steps), errors, failed, self._rounds)
