"""One checkout's own place on the machine: its names, folders and port, which no other has."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

SETTINGS = "Pulumi.local.yaml"
PORT = 8080
# Of Pulumi.local.yaml: keys of their own, since no fleet on AWS has such settings.
PORT_KEY = "local:port"
DATABASE_KEY = "local:database"
MINUTE_KEY = "local:minute"
MINUTE_SECONDS = 60.0
RESUME_KEY = "local:resume"
# "Scaling to Zero ACUs": about 15 seconds.
RESUME_SECONDS = 15.0


# sun_path of unix(7) without its last null.
SOCKET_BYTES = 107


@dataclass(frozen=True)
class Place:
    """The environment `local` of the checkout in `folder`."""

    folder: Path

    @classmethod
    def of_world(cls, path: Path) -> Place:
        """The place whose account is this file."""
        return cls(path.resolve().parents[1])

    @cached_property
    def name(self) -> str:
        """Begins the name of each container, network and volume."""
        digest = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()
        return f"fleet-local-{digest[:8]}"

    @property
    def local(self) -> Path:
        """Where the checkout keeps the simulated account and all that belongs to it."""
        return self.folder.resolve() / ".local"

    @property
    def world(self) -> Path:
        """The account's file."""
        return self.local / "world.sqlite"

    @property
    def running(self) -> Path:
        """Where the agent keeps what is none of the account's; there since it ran once."""
        return self.local / "running"

    @property
    def ran(self) -> bool:
        """Whether anything of the account may be on the machine."""
        return self.running.exists()

    def room(self, name: str) -> Path:
        """A folder of the agent's."""
        path = self.running / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def socket(self) -> Path:
        """Where an engine's service that is started for this checkout listens.

        In its own folder, where nobody else comes; under a deep one the name would be too long.
        """
        path = self.room("engine") / "podman.sock"
        if len(os.fsencode(path)) <= SOCKET_BYTES:
            return path
        folder = Path(tempfile.gettempdir()) / f"{self.name}-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise PermissionError(f"{folder} is somebody else's: remove it")
        return folder / path.name

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The configuration of Pulumi.local.yaml."""
        path = self.folder / SETTINGS
        given = yaml.safe_load(path.read_text()) if path.exists() else None
        return (given or {}).get("config") or {}

    @property
    def port(self) -> int:
        """Of the load balancer on this machine's loopback."""
        return int(self.settings.get(PORT_KEY, PORT))

    @property
    def minute(self) -> float:
        """Seconds that a minute takes: of autoscaling and drains, and between failed starts."""
        return float(self.settings.get(MINUTE_KEY, MINUTE_SECONDS))

    @property
    def resume(self) -> float:
        """Seconds that a paused database takes to answer."""
        return float(self.settings.get(RESUME_KEY, RESUME_SECONDS))
