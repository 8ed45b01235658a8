"""The image of `container/`, built with the engine's own program and kept under its content."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from simulator.local.cache import alone
from simulator.local.podman import podman_environment

CONTAINER = Path(__file__).parents[2] / "container"
# Where the image has the CAs of the database's certificate: each database here has one of its own.
DATABASE_CA = "/etc/ssl/certs/rds-global-bundle.pem"
Told = Callable[[str], None]


def digest(*folders: Path, more: Iterable[str] = ()) -> str:
    """Of all that the files hold and may do."""
    state = hashlib.sha256("\0".join(more).encode())
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            state.update(f"{path.relative_to(folder)} {path.stat().st_mode:o}\n".encode())
            state.update(path.read_bytes())
    return state.hexdigest()[:16]


def program() -> str:
    """`podman` or `docker`, whichever builds images here."""
    return "podman" if shutil.which("podman") else "docker"


def exists(name: str) -> bool:
    """Whether the image is on this machine."""
    words = [program(), "image", "inspect", "--format", "{{.Id}}", name]
    return _run(words).returncode == 0


def build(
    name: str, folder: Path, arguments: Mapping[str, str] | None = None, told: Told | None = None
) -> None:
    """Builds a folder with a Dockerfile; `told` hears each line. RuntimeError with their end."""
    given = [word for pair in (arguments or {}).items() for word in ("--build-arg", "=".join(pair))]
    words = [program(), "build", *given, "--tag", name, str(folder)]
    if program() == "podman":
        # Buildah's usual isolation wants crun or a user's own namespace.
        words[2:2] = ["--isolation", "chroot", "--pull=missing"]
    lines: list[str] = []
    process = subprocess.Popen(
        words,
        env=podman_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    for line in process.stdout or ():
        lines.append(line)
        if told and line.strip():
            told(line.strip())
    if process.wait():
        raise RuntimeError(f"{name} can't be built:\n{''.join(lines)[-3000:]}")


def bases(arguments: Mapping[str, str]) -> list[str]:
    """The official images that the Dockerfile names under these build arguments."""
    text = (CONTAINER / "Dockerfile").read_text()
    values = {**dict(re.findall(r"^ARG (\w+)=(\S+)", text, re.MULTILINE)), **arguments}
    names = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    return [re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], name) for name in names]


def fleet_image(arguments: Mapping[str, str] | None = None, told: Told | None = None) -> str:
    """The name of the image, built from the Dockerfile with these build arguments.

    RuntimeError with the end of the builder's output.
    """
    arguments = arguments or {}
    given = [f"{key}={value}" for key, value in sorted(arguments.items())]
    official = [f"docker.io/library/{base}" for base in bases(arguments)]
    for base in official:
        provide(base, told)
    ids = _run([program(), "image", "inspect", "--format", "{{.Id}}", *official]).stdout
    name = f"localhost/fleet-stage/site:{digest(CONTAINER, more=[*given, ids])}"
    with alone("image-site"):
        if not exists(name):
            with tempfile.TemporaryDirectory() as folder:
                context = Path(folder) / "context"
                shutil.copytree(CONTAINER, context)
                # Each database here brings a CA of its own in place of Amazon's.
                (context / "no-bundle.pem").touch()
                build(name, context, {**arguments, "RDS_BUNDLE": "no-bundle.pem"}, told)
    return name


def provide(name: str, told: Told | None = None) -> None:
    """Pulls an image unless it is there. RuntimeError with the engine's words."""
    if exists(name):
        return
    if told:
        told(f"pulling {name}")
    done = _run([program(), "pull", "--quiet", name])
    if done.returncode:
        raise RuntimeError(f"{name} can't be pulled: {done.stderr.strip()[-500:]}")


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, env=podman_environment(), capture_output=True, text=True, check=False
    )
