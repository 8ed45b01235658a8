"""Podman's environment: settings of ours on machines with cgroup v1, where its own don't work."""

from __future__ import annotations

import os
from pathlib import Path

CONTAINERS_CONF = Path(__file__).with_name("containers.conf")


def podman_environment() -> dict[str, str]:
    """For podman and buildah."""
    if Path("/sys/fs/cgroup/cgroup.controllers").exists():
        return dict(os.environ)
    return {**os.environ, "CONTAINERS_CONF": str(CONTAINERS_CONF)}
