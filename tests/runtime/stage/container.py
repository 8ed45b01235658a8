"""One container, as long as a test needs it."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from simulator.local.podman import podman_environment
from tests.runtime.stage.podman import limits, network, new_name, podman, run

# Much longer than anything takes here: the machine may be busy with other work.
PATIENCE = 120.0


def wait_until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Polls until `condition` holds. Raises TimeoutError that names `what`."""
    deadline = time.monotonic() + patience
    while True:
        begun = time.monotonic()
        if condition():
            return
        now = time.monotonic()
        if now > deadline:
            raise TimeoutError(f"{what}: not within {patience} s")
        # What a look costs isn't taken from what it waits for.
        time.sleep(max(0.05, now - begun))


@dataclass
class Container:
    """A running or ended container. Its output is in `log`."""

    name: str
    process: "subprocess.Popen[bytes]"
    """Podman's, which ends with the container and with its status."""
    log: Path

    @cached_property
    def _seen(self) -> tuple[int, str]:
        found: list[tuple[int, str]] = []

        def seen() -> bool:
            if self.process.poll() is not None:
                raise RuntimeError(f"the container ended:\n{self.output()}")
            done = run(["podman", "inspect", "--type", "container", self.name])
            if done.returncode:
                return False
            (state,) = json.loads(done.stdout)
            networks = state["NetworkSettings"].get("Networks") or {}
            address = networks.get(network().name, {}).get("IPAddress", "")
            found[:] = [(state["State"]["Pid"], address)]
            return bool(state["State"]["Pid"])

        wait_until(seen, f"{self.name} runs")
        return found[0]

    @property
    def pid(self) -> int:
        """Of the container's first process, as this machine sees it."""
        return self._seen[0]

    @property
    def address(self) -> str:
        """In the tests' network, which this machine reaches."""
        return self._seen[1]

    def signal(self, number: signal.Signals) -> None:
        podman("kill", "--signal", number.name, self.name)

    def kill(self) -> None:
        """All its processes at once."""
        while self.process.poll() is None:
            podman("kill", "--signal", "KILL", self.name, check=False)
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:
                continue

    def wait(self, patience: float = PATIENCE) -> int:
        return self.process.wait(patience)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def execute(self, *words: str, **values: str) -> "subprocess.CompletedProcess[str]":
        """One more command in it, under these environment values too."""
        assert self.pid
        given = [word for name, value in values.items() for word in ("--env", f"{name}={value}")]
        return run(["podman", "exec", *given, self.name, *words])


def start(image: str, options: Sequence[str], command: Sequence[str], log: Path) -> Container:
    """A container in the tests' network, gone when it ends; `options` are podman's."""
    name = new_name()
    words = ["--rm", "--name", name, "--log-driver", "none", *limits()]
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["podman", "run", *words, "--network", network().name, *options, image, *command],
            env=podman_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C is for the tests, not for what they run.
            start_new_session=True,
        )
    return Container(name, process, log)
