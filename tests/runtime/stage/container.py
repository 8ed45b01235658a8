"""One container of a task as a process of this machine."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.runtime.stage.image import NO_PHP_INI, Image

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Much longer than anything takes here: the machine may be busy with other work.
PATIENCE = 90.0


def wait_until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Polls until `condition` holds. Raises TimeoutError that names `what`."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {patience} s")
        time.sleep(0.05)


@dataclass
class Container:
    """A running or ended container. Its output is in `log`."""

    process: subprocess.Popen[bytes]
    pid: int
    """Of the container's first process, as this machine sees it."""
    log: Path

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """All its processes at once: with the first process of a PID namespace goes the rest."""
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.process.wait(PATIENCE)

    def wait(self, patience: float = PATIENCE) -> int:
        return self.process.wait(patience)

    def output(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass(frozen=True)
class Setup:
    """What a container definition of the task says, with its volumes at places of this machine."""

    image: Image
    command: Sequence[str]
    environment: Mapping[str, str]
    mounts: Mapping[str, Path] = field(default_factory=dict)
    """Container path to folder here."""

    def start(self, log: Path) -> Container:
        status, inner = os.pipe()
        for path, source in self.mounts.items():
            self.image.mount_point(path, source)
        mounts = [
            word
            for path, folder in sorted(self.mounts.items())
            for word in ("--bind", str(folder), path)
        ]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [
                    *("bwrap", "--die-with-parent", "--unshare-pid", "--as-pid-1", "--new-session"),
                    *self.image.arguments(),
                    *mounts,
                    *("--chdir", "/usr/src/wordpress", "--info-fd", str(inner)),
                    *("--", *self.command),
                ],
                env={"PATH": PATH, "PHPRC": NO_PHP_INI, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[inner],
            )
        os.close(inner)
        with os.fdopen(status) as answer:
            text = answer.read()
        if not text:
            raise RuntimeError(f"bwrap did not start {self.command}: {log.read_text()}")
        return Container(process=process, pid=json.loads(text)["child-pid"], log=log)
