"""What the engine says when it fails, in lines that a person can act on."""

import re
from collections.abc import Sequence

from pulumi.automation import CommandError

from fleet.operations.engine import remedies
from fleet.operations.engine.events import Failure
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

LOCKED = "the stack is currently locked"
LOCK_HOLDER = re.compile(r"created by (\S+) \(pid (\d+)\) at (\S+)")
# Said by the engine after the error that explains it.
ECHOES = (
    "update failed",
    "preview failed",
    "program exited with non-zero exit code",
    # An input that a failed resource would have given.
    "value output<",
)


def operation_error(
    error: CommandError, target: Target, failures: Sequence[Failure] = ()
) -> OperationError:
    """The error to show for a failed engine run; `failures` are what its events told."""
    text = str(error)
    if LOCKED in text:
        return OperationError(_locked(text, target))
    # The provider's own trouble is told by its events alone.
    said = "\n".join([text, *(failure.message for failure in failures)])
    if remedy := remedies.of_the_cli(said):
        return OperationError(f"{target.stack}: {remedy}")
    lines = [line for failure in failures for line in failure_lines(failure)]
    telling = [line for line in lines if not any(echo in line for echo in ECHOES)]
    return OperationError(dict.fromkeys(telling or lines or [_last_word(text, target)]))


def _locked(text: str, target: Target) -> str:
    holders = [
        f"{who} (process {pid}) since {since}" for who, pid, since in LOCK_HOLDER.findall(text)
    ]
    return (
        f"{target.stack}: another run holds the stack: {', '.join(holders) or 'unknown'}; wait for "
        f"it, or if it is dead: pulumi cancel --stack {target.stack}"
    )


def failure_lines(failure: Failure) -> list[str]:
    """One line a failure; the program's own errors, which name a file and line, as they are."""
    said = [line.strip() for line in failure.message.splitlines() if line.strip()]
    if failure.resource is None:
        return said
    site = f"{failure.site}: " if failure.site else ""
    what = f"{site}{failure.resource.type} {failure.resource.name}: {' '.join(said)}"
    remedy = remedies.of_aws(what)
    return [f"{what}; {remedy}" if remedy else what]


def _last_word(text: str, target: Target) -> str:
    errors = re.findall(r"^\s*(?:stderr: )?error: (.*)$", text, re.MULTILINE)
    return f"{target.stack}: {errors[-1] if errors else ' '.join(text.split())[-400:]}"
