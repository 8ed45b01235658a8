"""Reading and writing a stack's state. Secrets stay encrypted on the way."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pulumi import automation

from fleet.operations.recovery.checkpoint import Deployment

VERSION = 3


def read_state(stack: automation.Stack) -> Deployment:
    """The state of a stack; {} when it was never deployed. Raises CommandError."""
    exported = json.loads(_run(stack, ["stack", "export"]))
    return exported.get("deployment") or {}


def write_state(stack: automation.Stack, deployment: Deployment) -> None:
    """Replaces the state of a stack. Raises CommandError, too when another run holds the stack."""
    with tempfile.TemporaryDirectory(prefix="fleet-state-") as folder:
        file = Path(folder) / "state.json"
        file.write_text(json.dumps({"version": VERSION, "deployment": deployment}))
        _run(stack, ["stack", "import", "--file", str(file)])


def _run(stack: automation.Stack, command: Sequence[str]) -> str:
    workspace = stack.workspace
    done = workspace.pulumi_command.run(
        [*command, "--stack", stack.name], workspace.work_dir, workspace.env_vars
    )
    return done.stdout
