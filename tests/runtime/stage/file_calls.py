"""Counting a container's file calls on its mount, with strace."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.runtime.stage.container import PATIENCE, Container, wait_until

SERVERS = re.compile(r"php-fpm: pool www|nginx: worker")


def file_calls(
    container: Container, mount: str, trace: Path, action: Callable[[], object]
) -> list[str]:
    """The calls that name a file or list a folder under `mount` while `action` runs.

    `mount` is the path as the container sees it. Watches nginx's and PHP's workers, and not the
    mirror, which is no part of a request.
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
    return [line for line in trace.read_text().splitlines() if mount in line]
