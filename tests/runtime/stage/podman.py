"""Podman, and the names by which a later run finds what a killed one left.

Whatever the tests start carries the name of the process that started it: its id and the time of
its start, so that a number that the system used again is no mistake.
"""

import itertools
import os
import resource
import subprocess
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

import psutil

from simulator.local.cache import alone
from simulator.local.podman import podman_environment

PREFIX = "fleet-stage"
# Longer than any one of its commands takes on a busy machine.
PATIENCE = 180.0
MOST_FILES = 65536  # Fargate's
# Of one user in all containers of this machine.
PROCESSES = 4096
_NUMBERS = itertools.count(1)


def podman(*words: str, check: bool = True, stdin: str | None = None) -> str:
    """What one command of podman prints. Raises RuntimeError with its errors when it fails."""
    done = run(["podman", *words], stdin)
    if check and done.returncode:
        raise RuntimeError(f"podman {' '.join(words)}: {done.stderr}{done.stdout}")
    return done.stdout.strip()


def limits() -> list[str]:
    """For a container: podman's own are higher than some machines let root set."""
    files = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], MOST_FILES)
    return ["--ulimit", f"nofile={files}:{files}", "--ulimit", f"nproc={PROCESSES}:{PROCESSES}"]


def run(words: Sequence[str], stdin: str | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words,
        input=stdin,
        env=podman_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@cache
def volumes_folder() -> Path:
    """Where podman keeps named volumes."""
    return Path(podman("info", "--format", "{{.Store.VolumePath}}"))


@cache
def owner() -> str:
    """This process in a name, for example `fleet-stage-4711-1796000000`."""
    return f"{PREFIX}-{os.getpid()}-{int(psutil.Process().create_time())}"


def new_name() -> str:
    """A name for a container, a task or a volume, which nothing else has."""
    return f"{owner()}-{next(_NUMBERS)}"


def is_mine(name: str) -> bool:
    return name == owner() or name.startswith(f"{owner()}-")


def is_left(name: str) -> bool:
    """Whether it is the tests' and its owner has ended."""
    parts = name.removeprefix(f"{PREFIX}-").split("-")
    if not name.startswith(f"{PREFIX}-") or len(parts) < 2:
        return False
    try:
        return int(psutil.Process(int(parts[0])).create_time()) != int(parts[1])
    except psutil.NoSuchProcess:
        return True


def remove(belongs: Callable[[str], bool]) -> None:
    """Ends containers and removes them, their volumes and networks, by their names."""

    def named(*words: str) -> list[str]:
        return [name for name in podman(*words, check=False).split() if belongs(name)]

    if containers := named("ps", "--all", "--format", "{{.Names}}"):
        podman("rm", "--force", "--volumes", "--time", "0", *containers, check=False)
    while _removals:
        _removals.pop().wait()
    remove_volumes(belongs)
    for network in named("network", "ls", "--format", "{{.Name}}"):
        podman("network", "rm", "--force", network, check=False)


_removals: list["subprocess.Popen[bytes]"] = []


def remove_volumes_meanwhile(tasks: Iterable[str]) -> None:
    """Those of tasks that ended, while other tests run: hundreds take some disks half a minute."""
    begins = tuple(f"{task}-" for task in tasks)
    volumes = podman("volume", "ls", "--quiet", check=False).split()
    if mine := [name for name in volumes if name.startswith(begins)]:
        words = ["podman", "volume", "rm", "--force", *mine]
        null = subprocess.DEVNULL
        env = podman_environment()
        _removals.append(subprocess.Popen(words, env=env, stdin=null, stdout=null, stderr=null))


def remove_volumes(belongs: Callable[[str], bool]) -> None:
    """Podman's list fails when another run removes one at that moment."""
    for _ in range(10):
        done = run(["podman", "volume", "ls", "--quiet"])
        if done.returncode == 0:
            mine = [name for name in done.stdout.split() if belongs(name)]
            if not mine or run(["podman", "volume", "rm", "--force", *mine]).returncode == 0:
                return


class Network:
    """A network of this process's own, whose hosts see each other and this machine."""

    # Podman gives addresses from the lower half; ours, which outlive a stop, are in the upper.
    FIXED = "10.{}.128.{}"

    def __init__(self) -> None:
        self.name = owner()
        self._hosts = itertools.count(1)
        with alone("network"):
            remove(is_left)
            self._number = next(number for number in range(130, 250) if self._made(number))

    def _made(self, number: int) -> bool:
        subnet, lower_half = f"10.{number}.0.0/16", f"10.{number}.0.0/17"
        words = ["--disable-dns", "--subnet", subnet, "--ip-range", lower_half, self.name]
        done = run(["podman", "network", "create", *words])
        return done.returncode == 0

    @property
    def gateway(self) -> str:
        """This machine, as the containers see it."""
        return f"10.{self._number}.0.1"

    def fixed_address(self) -> str:
        """One that a container has again after it was stopped."""
        return self.FIXED.format(self._number, next(self._hosts))


@cache
def network() -> Network:
    return Network()
