"""Bringing up every site but those that fail.

`continue_on_error` alone doesn't do it. The SDK goes on with unknown values in place of what a
failed resource would have given; the engine drops these when it asks the provider to check what
depends on it; and the provider's "missing required argument" ends the whole run, whatever the
other sites still lack (CLI 3.259, SDK 3.272). So the run is repeated without the sites that failed,
unless every failure was a step that the engine took: then it has taken all others, too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pulumi import automation

from fleet.names import PROJECT
from fleet.operations.engine.events import SITE_TYPE, Failure, Translator
from fleet.operations.engine.stack_cli import StackCli


class Listener(Protocol):
    """What hears the engine's events, and keeps the failures among them."""

    translator: Translator
    failures: list[Failure]

    def __call__(self, engine_event: automation.EngineEvent) -> None: ...


@dataclass
class Steps:
    """What the engine tells, passed on, and of which resources a step failed."""

    listener: Listener
    failed: set[str] = field(default_factory=set[str])

    def __call__(self, engine_event: automation.EngineEvent) -> None:
        if event := engine_event.res_op_failed_event:
            self.failed.add(event.metadata.urn)
        self.listener(engine_event)

    def explain(self, failures: Sequence[Failure]) -> bool:
        """Whether each of these is of a resource whose step failed."""
        return {each.resource.urn for each in failures if each.resource} <= self.failed


def partial_up(
    stack: automation.Stack, listener: Listener, only: Sequence[str] | None = None
) -> automation.UpResult:
    """`up`, of the URNs `only` if given, repeated without the sites that failed until none does.

    Raises the first CommandError when there was one, with all other sites brought up.
    """
    failed: set[str] = set()
    first: automation.CommandError | None = None
    while True:
        heard, steps = len(listener.failures), Steps(listener)
        try:
            done = _round(stack, steps, only, failed)
        except automation.CommandError as error:
            first = first or error
            told = [each for each in listener.failures[heard:] if each.resource]
            more = {failure.site for failure in told if failure.site}
            # Without a site to blame it was the base, the program or the engine.
            if more <= failed or steps.explain(told) or _interrupted(stack):
                raise first from None
            failed |= more
            if only is not None:
                only = [urn for urn in only if listener.translator.site_of(urn) not in failed]
                if not only:
                    raise first from None
        else:
            if first:
                raise first
            return done


def _round(
    stack: automation.Stack,
    on_event: Steps,
    only: Sequence[str] | None,
    failed: Collection[str],
) -> automation.UpResult:
    left_out = [f"urn:pulumi:{stack.name}::{PROJECT}::{SITE_TYPE}::{site}" for site in failed]
    # The engine takes either targets or exclusions.
    excluded = left_out if only is None else None
    return stack.up(
        on_event=on_event,
        color="never",
        continue_on_error=True,
        target=list(only) if only else None,
        exclude=excluded,
        # All resources of a site depend on its component.
        exclude_dependents=bool(excluded),
    )


def _interrupted(stack: automation.Stack) -> bool:
    cli = stack.workspace.pulumi_command
    return isinstance(cli, StackCli) and cli.interrupted
