"""Running a command in a site's container, by ECS Exec.

    status = execute(declared, "blog", ["wp", "plugin", "list"])

boto3 opens the session; AWS's session-manager-plugin, a program of its own, carries it. The plugin
always exits with 0 and talks of itself on standard output, so the command runs under a shell that
prints a mark before it and its exit status after it: what is passed on is what stands between.
"""

from __future__ import annotations

import json
import os
import pty
import secrets
import select
import shlex
import shutil
import subprocess
import sys
import tty
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import boto3

from fleet.names import cluster_name
from fleet.operations import simulation
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.live.tasks import running_task, task_id
from fleet.operations.live.transcript import Transcript
from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import ExecuteCommandResponseTypeDef, TaskTypeDef

PLUGIN = "session-manager-plugin"
INSTALL_PLUGIN = (
    f"{PLUGIN} is not on PATH; install it: https://docs.aws.amazon.com/systems-manager/latest/"
    "userguide/session-manager-working-with-install-plugin.html"
)
CONTAINER = "wordpress"
CHUNK_BYTES = 65_536
STDIN = 0
END_OF_INPUT = b"\x04"  # Ctrl-D


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that waits for its plugin: how to start it, and the mark around the command."""

    arguments: tuple[str, ...]
    mark: str
    place: str


def execute(
    declared: Declared,
    site: str,
    command: Sequence[str],
    *,
    session: boto3.Session | None = None,
    output: BinaryIO | None = None,
) -> int:
    """Runs the command in the site's oldest running task and returns its exit status.

    Standard input is the caller's, a terminal or not; what the command prints, on either of its
    outputs, goes to `output`, by default standard output. Raises OperationError: an unknown site,
    no running task, no plugin, a session that did not come about.
    """
    return carry(open_command(declared, site, command, session=session), output=output)


def open_command(
    declared: Declared, site: str, command: Sequence[str], *, session: boto3.Session | None = None
) -> OpenSession:
    """The first half of `execute`: everything but what needs the terminal."""
    found = declared.site(site)
    target = declared.home(found)
    if target.simulated and not simulation.runs(target.folder):
        raise OperationError(f"{target.stack} is simulated: {site} has no container to run this in")
    path = simulation.variables(target.folder)["PATH"] if target.simulated else None
    plugin = shutil.which(PLUGIN, path=path)
    if plugin is None:
        raise OperationError(INSTALL_PLUGIN)
    ecs = (session or open_session(target)).client("ecs", config=CONFIG)
    mark = f"fleet-{secrets.token_hex(8)}"
    with told_in_words(target):
        task = _task(ecs, cluster_name(target.environment, target.cell), found.name)
        opened = _open(ecs, task, marked(command, mark))
    arguments = (plugin, *_plugin_arguments(ecs, opened, task))
    return OpenSession(arguments, mark, f"{target.stack}: {site}")


def carry(opened: OpenSession, *, output: BinaryIO | None = None) -> int:
    """The second half: runs the plugin on this process's terminal; the command's exit status."""
    transcript, out = Transcript(opened.mark), output or sys.stdout.buffer
    with ExitStack() as stack:
        typing, keyboard = (None, None) if os.isatty(STDIN) else stack.enter_context(_terminal())
        plugin = stack.enter_context(
            subprocess.Popen(opened.arguments, stdin=keyboard, stdout=subprocess.PIPE)
        )
        if plugin.stdout is None:
            raise RuntimeError("Popen gave no pipe")
        for chunk in _printed(plugin.stdout.fileno(), typing):
            out.write(transcript.take(chunk))
            out.flush()
    if transcript.status is None:
        said = " ".join(transcript.aside.decode(errors="replace").split())
        raise OperationError(f"{opened.place}: the session broke off: {said}")
    return transcript.status


@contextmanager
def _terminal() -> Iterator[tuple[int, int]]:
    """A terminal to read from, and where its keys are pressed: the plugin ends at once without."""
    typing, keyboard = pty.openpty()
    try:
        tty.setraw(keyboard)
        os.set_blocking(typing, False)
        yield typing, keyboard
    finally:
        os.close(typing)
        os.close(keyboard)


def _printed(source: int, typing: int | None) -> Iterator[bytes]:
    """What comes from `source`, until its end; what comes on standard input is typed meanwhile."""
    given, ended = b"", typing is None or sys.__stdin__ is None
    while True:
        reading = [source] if given or ended else [source, STDIN]
        writing = [typing] if given and typing is not None else []
        ready, free, _ = select.select(reading, writing, [])
        if STDIN in ready:
            given = os.read(STDIN, CHUNK_BYTES)
            ended, given = not given, given or END_OF_INPUT
        for terminal in free:
            # As much as it has room for; what the command never reads waits for ever.
            given = given[os.write(terminal, given) :]
        if source in ready:
            chunk = os.read(source, CHUNK_BYTES)
            if not chunk:
                return
            yield chunk


def _task(ecs: ECSClient, cluster: str, site: str) -> TaskTypeDef:
    try:
        task = running_task(ecs, cluster, site)
    except (ecs.exceptions.ClusterNotFoundException, ecs.exceptions.ServiceNotFoundException):
        task = None
    if task is None:
        raise OperationError(f"{site} has no running task in {cluster}; see `fleet status`")
    return task


def _open(ecs: ECSClient, task: TaskTypeDef, command: str) -> ExecuteCommandResponseTypeDef:
    try:
        return ecs.execute_command(
            cluster=task.get("clusterArn", ""),
            task=task.get("taskArn", ""),
            container=CONTAINER,
            interactive=True,
            command=command,
        )
    except ecs.exceptions.TargetNotConnectedException as error:
        raise OperationError(
            f"task {task_id(task)} has no agent for ECS Exec; one that has just started needs a "
            "minute for it"
        ) from error


def marked(command: Sequence[str], mark: str) -> str:
    """The command line for the container, with the mark around what the command prints."""
    script = f'echo {mark}; "$@"; echo {mark}:$?'
    return shlex.join(["sh", "-c", script, "sh", *command])


def _plugin_arguments(
    ecs: ECSClient, opened: ExecuteCommandResponseTypeDef, task: TaskTypeDef
) -> list[str]:
    """As the AWS CLI calls the plugin: session, region, operation, profile, request, endpoint."""
    runtime = next(
        (
            one.get("runtimeId")
            for one in task.get("containers", [])
            if one.get("name") == CONTAINER
        ),
        None,
    )
    cluster = task.get("clusterArn", "").rsplit("/", 1)[-1]
    request = {"Target": f"ecs:{cluster}_{task_id(task)}_{runtime}"}
    meta = ecs.meta
    return [
        *(json.dumps(opened["session"]), meta.region_name, "StartSession", ""),
        *(json.dumps(request), meta.endpoint_url),
    ]
