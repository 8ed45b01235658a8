"""Only a lock whose holder is surely dead is taken away."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from fleet.operations.engine.stale_lock import all_dead

NOW = datetime.now(UTC)
LATER = NOW + timedelta(minutes=1)
HERE = socket.gethostname()


def message(*holders: tuple[str, str, int, datetime]) -> str:
    """As the engine writes it: backend, host, process, since when."""
    lines = [
        f"  {backend}/.pulumi/locks/organization/p/s/1.json?no_tmp_dir=true: created by "
        f"root@{host} (pid {pid}) at {since.isoformat().replace('+00:00', 'Z')}"
        for backend, host, pid, since in holders
    ]
    return "\n".join([f"error: the stack is currently locked by {len(lines)} lock(s).", *lines])


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_dead_holder_on_this_machine_loses_its_lock(dead: int) -> None:
    assert all_dead(message(("file:///state", HERE, dead, NOW)))


def test_zombie_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert all_dead(message(("file:///state", HERE, process.pid, LATER)))
    process.wait()


def test_living_holder_keeps_its_lock() -> None:
    assert not all_dead(message(("file:///state", HERE, os.getpid(), LATER)))


def test_number_that_another_process_has_now_is_dead() -> None:
    long_ago = NOW - timedelta(days=3650)
    assert all_dead(message(("file:///state", HERE, os.getpid(), long_ago)))


def test_other_machine_keeps_its_lock(dead: int) -> None:
    assert not all_dead(message(("file:///state", f"not-{HERE}", dead, NOW)))


def test_bucket_keeps_its_lock_since_hosts_may_share_a_name(dead: int) -> None:
    assert not all_dead(message(("s3://bucket", HERE, dead, NOW)))


def test_one_living_holder_among_dead_ones_keeps_the_stack(dead: int) -> None:
    holders = [("file:///state", HERE, pid, LATER) for pid in (dead, os.getpid())]
    assert not all_dead(message(*holders))


def test_error_that_names_no_lock_is_none() -> None:
    assert not all_dead("error: no stack named 'dev' found")
