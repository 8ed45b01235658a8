"""Counting a container's file calls on its mount, with strace."""

import re
import subprocess
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import psutil

from tests.runtime.stage.container import PATIENCE, Container, wait_until

SERVERS = re.compile(r"php-fpm: pool www|nginx: worker")


def file_calls(
    container: Container,
    mounts: Sequence[str],
    trace: Path,
    action: Callable[[], object],
    local: Collection[str] = (),
) -> list[str]:
    """The calls that name a file or list a folder under one of `mounts` while `action` runs.

    Paths are as the container sees them; `local` are those that lie over a mount. Watches nginx's
    and PHP's workers, and not the keeper of the code, which is no part of a request.
    """
    processes = psutil.Process(container.pid).children(recursive=True)
    servers = [p.pid for p in processes if SERVERS.search(" ".join(p.cmdline()))]
    with (trace.parent / "strace.log").open("wb") as log:
        strace = subprocess.Popen(
            [
                *("strace", "-f", "-y", "-s", "300", "-e", "trace=%file,getdents64"),
                *("-o", str(trace)),
                *(word for pid in servers for word in ("-p", str(pid))),
            ],
            stderr=log,
        )
        try:
            attached = (trace.parent / "strace.log").read_text
            wait_until(lambda: attached().count("attached") >= len(servers), "strace is attached")
            action()
        finally:
            strace.terminate()
            strace.wait(PATIENCE)
    shared = re.compile("|".join(re.escape(path) for path in mounts))
    own = re.compile("(?:" + "|".join(re.escape(path) for path in local or ["/nowhere"]) + ")\\b")
    lines = trace.read_text().splitlines()
    return [line for line in lines if shared.search(own.sub("", line))]
