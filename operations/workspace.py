"""A stack of the project, opened for the Automation API."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from pulumi import automation

from operations import simulation
from operations.failure import explain
from operations.problem import OperationError
from operations.target import Target

MISSING_CLI = (
    "the Pulumi CLI is missing or too old: run `make setup`, or install it from "
    "https://www.pulumi.com/docs/install/"
)


def open_stack(target: Target, *, variables: Mapping[str, str] | None = None) -> automation.Stack:
    """The target's stack; made when there is none. Raises OperationError.

    `variables` are added to the environment of the engine, its program and its plugins.
    """
    target.check()
    given = simulation.variables(target.folder) if target.simulated else {}
    workspace = automation.LocalWorkspace(
        work_dir=str(target.folder),
        env_vars={"PULUMI_SKIP_UPDATE_CHECK": "true", **given, **(variables or {})},
        pulumi_command=find_cli(target.folder),
    )
    try:
        return automation.Stack.create_or_select(target.stack, workspace)
    except automation.CommandError as error:
        raise explain(error, target) from error


def find_cli(folder: Path) -> automation.PulumiCommand:
    """The CLI that the set-up linked into the virtual environment, else the one on PATH."""
    venv = folder / ".venv"
    try:
        return automation.PulumiCommand(root=str(venv) if (venv / "bin/pulumi").exists() else None)
    except (OSError, subprocess.CalledProcessError, automation.InvalidVersionError) as error:
        raise OperationError(MISSING_CLI) from error
