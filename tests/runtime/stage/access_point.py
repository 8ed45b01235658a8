"""A folder as an EFS access point shows it: one owner, whoever calls, and latency if wanted."""

import hashlib
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.runtime.stage.container import PATIENCE, wait_until
from tests.runtime.stage.podman import CACHE, alone

SOURCE = Path(__file__).with_name("access_point.c")


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
    process: "subprocess.Popen[bytes]"

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        finally:
            words = ["fusermount3", "-u", "-z", "-q", str(self.mount)]
            subprocess.run(words, check=False, capture_output=True)


def created(folder: Path, uid: int, permissions: str) -> None:
    """Makes an access point's root as EFS does at the first mount."""
    folder.mkdir(parents=True)
    shutil.chown(folder, uid, uid)
    folder.chmod(int(permissions, 8))


def mounted(folder: Path, mount: Path, uid: int, microseconds: int = 0) -> AccessPoint:
    """Shows `folder` at `mount`, each of whose calls takes so much longer."""
    mount.mkdir(parents=True)
    words = [str(_program()), str(folder), str(mount), str(uid), str(uid), str(microseconds)]
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    wait_until(mount.is_mount, f"{mount} is mounted")
    return AccessPoint(mount, process)
