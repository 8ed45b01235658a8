"""The Pulumi CLI as the runs of a fleet use it: one settings file for all cells, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from pulumi import automation
from pulumi.automation.errors import create_command_error

# What may take long, and may be interrupted: the engine then ends in good order.
ENGINE_VERBS = frozenset({"preview", "up", "refresh", "destroy"})
READS_SETTINGS = ENGINE_VERBS | {"config"}
# The SDK asks for it after each run, and nobody here reads it. Asked with secrets, as the SDK does,
# the CLI would make a settings file of the cell's own.
NO_HISTORY = json.dumps(
    [
        {"kind": "", "startTime": "1970-01-01T00:00:00.0Z", "message": "", "result": ""}
        | {"environment": {}, "config": {}}
    ]
)

OnLine = Callable[[str], object]


class StackCli(automation.PulumiCommand):
    """The CLI for one stack.

    Each process is in a group of its own, so that Ctrl-C on the terminal doesn't reach it: it
    would be a second one beside ours, at which the engine stops without waiting for AWS.
    """

    def __init__(self, found: automation.PulumiCommand, settings_file: Path) -> None:
        """`found`: what the machine has. Its version isn't asked for again."""
        self.command, self.version = found.command, found.version
        self._settings_file = settings_file
        # A signal handler that interrupts may itself be interrupted by the next signal.
        self._lock = threading.RLock()
        self._interrupts = 0
        self._engine: subprocess.Popen[str] | None = None

    @property
    def interrupted(self) -> bool:
        return self._interrupts > 0

    def interrupt(self) -> None:
        """Ends the engine that runs, and starts no other. From any thread.

        First in good order: what AWS is doing is waited for. The second time at once, and the
        third time by force; creations may then be left that only the next `up` finds.
        """
        with self._lock:
            self._interrupts += 1
            if self._engine is not None and self._engine.poll() is None:
                force = self._interrupts > 2
                self._engine.send_signal(signal.SIGKILL if force else signal.SIGINT)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnLine | None = None,
        on_error: OnLine | None = None,
    ) -> automation.CommandResult:
        """Runs a command as the class above does. Raises CommandError."""
        if args[:2] == ["stack", "history"]:
            return automation.CommandResult(NO_HISTORY, "", 0)
        arguments = self._arguments(args)
        variables = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        if os.path.isabs(self.command):
            # The language host is found beside the CLI.
            folder = os.path.dirname(self.command)
            variables["PATH"] = os.pathsep.join([folder, variables["PATH"]])
        out: list[str] = []
        err: list[str] = []
        with self._started(arguments, cwd, variables) as process:
            readers = [
                _reader(process.stdout, out, on_output),
                _reader(process.stderr, err, on_error),
            ]
            for reader in readers:
                reader.join()
        result = automation.CommandResult("\n".join(out), "\n".join(err), process.returncode)
        if result.code != 0:
            raise create_command_error(result)
        return result

    def _arguments(self, args: list[str]) -> list[str]:
        """With the settings of the environment, whose cells have no file of their own."""
        arguments = ["--non-interactive", *args]
        if args[0] in READS_SETTINGS:
            arguments += ["--config-file", str(self._settings_file)]
        return arguments

    def _started(
        self, arguments: list[str], cwd: str, variables: Mapping[str, str]
    ) -> subprocess.Popen[str]:
        is_engine = arguments[1] in ENGINE_VERBS
        with self._lock:
            if is_engine and self._interrupts:
                raise automation.CommandError(automation.CommandResult("", "error: interrupted", 1))
            process = subprocess.Popen(
                [self.command, *arguments],
                cwd=cwd,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                process_group=0,
            )
            if is_engine:
                self._engine = process
        return process


def _reader(stream: IO[str] | None, lines: list[str], tell: OnLine | None) -> threading.Thread:
    def read() -> None:
        for line in stream or ():
            lines.append(line.rstrip())
            if tell:
                tell(lines[-1])

    thread = threading.Thread(target=read)
    thread.start()
    return thread
