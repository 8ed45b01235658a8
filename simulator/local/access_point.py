"""A folder as an EFS access point shows it: one owner, whoever calls, and latency if wanted."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from simulator.local.cache import CACHE, alone

SOURCE = Path(__file__).with_name("access_point.c")
# Much longer than a mount takes: the machine may be busy with other work.
PATIENCE = 120.0


@cache
def is_possible() -> bool:
    """Whether this machine can show a folder under a forced owner: root, FUSE and a compiler."""
    tools = all(shutil.which(name) for name in ("cc", "pkg-config", "fusermount3"))
    if os.geteuid() != 0 or not tools or not Path("/dev/fuse").exists():
        return False
    return subprocess.run(["pkg-config", "--exists", "fuse3"], check=False).returncode == 0


def _program() -> Path:
    """The FUSE server, compiled once for each state of its source."""
    path = CACHE / f"access-point-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]}"
    with alone("access-point"):
        if not path.exists():
            flags = subprocess.run(
                ["pkg-config", "--cflags", "--libs", "fuse3"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
            words = ["cc", "-O2", "-o", f"{path}.unfinished", str(SOURCE), *flags]
            subprocess.run(words, check=True)
            Path(f"{path}.unfinished").rename(path)
    return path


@dataclass
class AccessPoint:
    """One client's mount; several may show one folder, as several tasks mount a file system."""

    mount: Path
    process: subprocess.Popen[bytes]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        finally:
            unmount(self.mount)


def unmount(mount: Path) -> None:
    """Takes a mount away, whoever made it; its server ends by that."""
    if shutil.which("fusermount3"):
        words = ["fusermount3", "-u", "-z", "-q", str(mount)]
        subprocess.run(words, check=False, capture_output=True)


def created(folder: Path, uid: int, permissions: str) -> None:
    """Makes an access point's root as EFS does at the first mount."""
    folder.mkdir(parents=True)
    shutil.chown(folder, uid, uid)
    folder.chmod(int(permissions, 8))


def mounted(
    folder: Path, mount: Path, uid: int, microseconds: int = 0, *, stays: bool = False
) -> AccessPoint:
    """Shows `folder` at `mount`, each of whose calls takes so much longer.

    `stays`: it outlives this process, until `unmount`. Raises TimeoutError.
    """
    mount.mkdir(parents=True, exist_ok=True)
    words = [str(_program()), str(folder), str(mount), str(uid), str(uid), str(microseconds)]
    process = subprocess.Popen(
        [*words, *(["stays"] if stays else [])],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not mount.is_mount():
        if time.monotonic() > deadline or process.poll() is not None:
            raise TimeoutError(f"{mount} is not mounted")
        time.sleep(0.02)
    return AccessPoint(mount, process)
