"""Running a tool for a step, with its output as progress and the end of it as the error."""

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from problem import SetupError

LINES_OF_AN_ERROR = 15


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
    limit: float | None = None,
) -> None:
    """Runs a command, with all its children for at most `limit` seconds. Raises SetupError.

    Each line of its output goes to `on_line`.
    """
    words = [str(word) for word in command]
    with subprocess.Popen(
        words,
        cwd=cwd,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        alarm = threading.Timer(limit or 0, os.killpg, (process.pid, signal.SIGKILL))
        if limit is not None:
            alarm.start()
        try:
            last = _relay(process, on_line)
        except KeyboardInterrupt:
            # A session of its own doesn't get the terminal's Ctrl-C.
            os.killpg(process.pid, signal.SIGTERM)
            raise
        finally:
            alarm.cancel()
    if process.returncode != 0:
        tail = "\n".join(f"    {line}" for line in last)
        raise SetupError(f"{' '.join(words)}: exit status {process.returncode}\n{tail}")


def _relay(process: subprocess.Popen[str], on_line: Callable[[str], None] | None) -> deque[str]:
    """Hands on each line of a process's output; the last of them."""
    last: deque[str] = deque(maxlen=LINES_OF_AN_ERROR)
    assert process.stdout is not None
    for line in process.stdout:
        last.append(line.rstrip())
        if on_line:
            on_line(line.rstrip())
    return last


def answer(
    command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None
) -> str | None:
    """What a command prints, or None when it is missing or fails."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
