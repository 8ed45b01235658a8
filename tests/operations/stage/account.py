"""An AWS account on loopback."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ephemeral_port_reserve import reserve

START_SECONDS = 60
LOOPBACK = "127.0.0.1"
EMULATOR = Path(__file__).with_name("emulator.py")


@contextmanager
def running_account(folder: Path, host: str = LOOPBACK) -> Iterator[str]:
    """Runs ministack, on loopback unless told, and gives its URL; ended by its process id."""
    port = reserve()
    variables = {
        **os.environ,
        "BIND_HOST": host,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(folder),
        "LOG_LEVEL": "WARNING",
    }
    with (folder / "account.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", str(EMULATOR)], env=variables, stdout=log, stderr=log, cwd=folder
        )
    try:
        url = f"http://{host}:{port}"
        _wait_for(url, process, folder / "account.log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def reset(url: str) -> None:
    """Empties the account at `url`: what one file's tests did in it fails no other file's."""
    request = urllib.request.Request(f"{url}/_ministack/reset", method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=START_SECONDS):  # noqa: S310
        pass


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_ministack/health", timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"no AWS account at {url}: {log.read_text()[-2000:]}")
