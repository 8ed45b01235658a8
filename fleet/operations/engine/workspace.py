"""A stack of the project, opened for the Automation API.

A cell's stack has no settings file of its own: each command is told that of its environment. Of
the CLI's own ways two would make one, Pulumi.ENV-CELL.yaml: `stack init`, and showing the history
with secrets. Neither happens here. Nor is a stack ever selected, which would change what the user
has selected, and is no thing to do from several threads.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pulumi import automation

from fleet.operations import simulation
from fleet.operations.engine.failure import operation_error
from fleet.operations.engine.stack_cli import StackCli
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

MISSING_CLI = (
    "the Pulumi CLI is missing or too old: run `make tools`, or install it from "
    "https://www.pulumi.com/docs/install/"
)
# How the secrets of state and settings are encrypted: what `stack init` writes.
SECRETS_KEYS = ("secretsprovider", "encryptedkey", "encryptionsalt")


class _Workspace(automation.LocalWorkspace):
    """The project's folder, from which nothing is selected."""

    def __init__(
        self, target: Target, variables: Mapping[str, str], cli: StackCli, *, known: bool = False
    ) -> None:
        super().__init__(work_dir=str(target.folder), env_vars=dict(variables), pulumi_command=cli)
        self._target = target
        self._known = known

    def select_stack(self, stack_name: str) -> None:
        """Only asks whether there is such a stack. Raises StackNotFoundError."""
        if not self._known:
            self._pulumi(["stack", "--show-name", "--stack", stack_name], self.work_dir)

    def create_stack(self, stack_name: str) -> None:
        """As `stack init`, in a folder of its own: one salt serves all cells."""
        settings_file = self._target.settings_file
        with tempfile.TemporaryDirectory(prefix="fleet-stack-") as folder:
            own = Path(folder) / f"Pulumi.{stack_name}.yaml"
            shutil.copy(self._target.folder / "Pulumi.yaml", folder)
            shutil.copy(settings_file, own)
            before, arguments = _read(own), ["stack", "init", stack_name, "--no-select"]
            if "secretsprovider" in before:
                arguments += ["--secrets-provider", before["secretsprovider"]]
            self._pulumi(arguments, folder)
            _hand_over(_read(own), settings_file)

    def stack_outputs(self, stack_name: str) -> automation.OutputMap:
        """None of them is a secret, so no passphrase has to be turned into a key for them."""
        shown = self._pulumi(["stack", "output", "--json", "--stack", stack_name], self.work_dir)
        return {
            name: automation.OutputValue(value, secret=False)
            for name, value in json.loads(shown.stdout).items()
        }

    def _pulumi(self, arguments: list[str], folder: str) -> automation.CommandResult:
        return self.pulumi_command.run(arguments, folder, self.env_vars)


def open_stack(
    target: Target,
    *,
    variables: Mapping[str, str] | None = None,
    cli: StackCli | None = None,
    known: bool = False,
) -> automation.Stack:
    """The target's stack, which is made when there is none. Raises OperationError.

    `known`: there is one, so nobody is asked. `variables` are added to the environment of the
    engine, its program and its plugins.
    """
    workspace = _workspace(target, variables, cli, known=known)
    try:
        return automation.Stack.create_or_select(target.stack, workspace)
    except automation.CommandError as error:
        raise operation_error(error, target) from error


def standing_stacks(target: Target, cli: StackCli | None = None) -> dict[str, int]:
    """The project's stacks in the backend, and how many resources each holds.

    Raises OperationError.
    """
    try:
        found = _workspace(target, None, cli).list_stacks()
    except automation.CommandError as error:
        raise operation_error(error, target) from error
    # Pulumi Cloud puts the organization before the name.
    return {stack.name.rpartition("/")[2]: stack.resource_count or 0 for stack in found}


@cache
def find_cli(folder: Path) -> automation.PulumiCommand:
    """The CLI that the set-up linked into the virtual environment, else the one on PATH.

    Asks it for its version, once a process. Raises OperationError.
    """
    venv = folder / ".venv"
    try:
        return automation.PulumiCommand(root=str(venv) if (venv / "bin/pulumi").exists() else None)
    except (OSError, subprocess.CalledProcessError, automation.InvalidVersionError) as error:
        raise OperationError(MISSING_CLI) from error


def _workspace(
    target: Target,
    variables: Mapping[str, str] | None,
    cli: StackCli | None,
    *,
    known: bool = False,
) -> _Workspace:
    target.check()
    given = simulation.variables(target.folder) if target.simulated else {}
    return _Workspace(
        target,
        {"PULUMI_SKIP_UPDATE_CHECK": "true", **given, **(variables or {})},
        cli or StackCli(find_cli(target.folder), target.settings_file),
        known=known,
    )


def _hand_over(made: Mapping[str, str], settings_file: Path) -> None:
    """Appends how secrets are encrypted, unless the environment's first stack has done so."""
    with settings_file.open("a") as file:
        # Other cells' stacks may be made right now.
        fcntl.flock(file, fcntl.LOCK_EX)
        there = _read(settings_file)
        new = {key: made[key] for key in SECRETS_KEYS if key in made and key not in there}
        lines = "".join(f"{key}: {value}\n" for key, value in new.items())
        has_an_end = settings_file.read_text().endswith("\n")
        file.write(lines if has_an_end or not lines else f"\n{lines}")


def _read(path: Path) -> dict[str, str]:
    return yaml.safe_load(path.read_text()) or {}
