"""Setting right what a killed engine left behind, before the next run."""

from pulumi import automation

from operations.target import Target


def recover(stack: automation.Stack, target: Target) -> None:
    """Frees the stack of a dead run's lock and of creations whose end nobody saw."""
