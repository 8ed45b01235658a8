"""The lock that a killed engine leaves on its stack."""

import re
import socket
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import psutil
from pulumi import automation

# The engine's own words; only a backend in a folder names its locks by a file URL. In a bucket,
# another machine of the same host name may hold the lock, so there a person has to decide.
_HOLDER = re.compile(r"(\w+)://\S+: created by \S+@(\S+) \(pid (\d+)\) at (\S+)")
# The clock of the lock's file and the one of the process table may differ a little.
_CLOCK_SECONDS = 2.0

T = TypeVar("T")


def freeing_dead_locks(stack: automation.Stack, action: Callable[[], T]) -> T:
    """Does `action`; when only dead processes of this machine lock the stack, frees it first.

    Raises CommandError as `action` does.
    """
    try:
        return action()
    except automation.CommandError as error:
        if not all_dead(str(error)):
            raise
    stack.cancel()
    return action()


def all_dead(message: str) -> bool:
    """Whether an error of the engine names locks, and none of a holder that may still run."""
    holders = _HOLDER.findall(message)
    return bool(holders) and all(
        scheme == "file" and host == socket.gethostname() and not _runs(int(pid), since)
        for scheme, host, pid, since in holders
    )


def _runs(pid: int, since: str) -> bool:
    """Whether the process that took a lock at `since` still runs; its number may be another's."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        locked_at = datetime.fromisoformat(since).timestamp()
        return process.create_time() <= locked_at + _CLOCK_SECONDS
    except psutil.NoSuchProcess:
        return False
