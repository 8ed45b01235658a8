"""A command in a task of its own: what RunTask is told beside the task definition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# They prepare what a serving task needs; a site that runs anything has been live.
PREPARING = ("schema", "init")


def task_overrides(command: Sequence[str], *, cpu: int, memory: int, spot: bool) -> dict[str, Any]:
    """ECS's TaskOverride: another command and size, in CPU units and MiB.

    The image is told its size and capacity, too: ECS changes nothing in the environment.
    """
    told = {
        "FLEET_CPU": str(cpu),
        "FLEET_MEMORY": str(memory),
        "FLEET_SPOT": "yes" if spot else "no",
    }
    environment = [{"name": name, "value": value} for name, value in told.items()]
    return {
        "cpu": str(cpu),
        "memory": str(memory),
        "containerOverrides": [
            *({"name": name, "command": ["true"]} for name in PREPARING),
            {"name": "wordpress", "command": list(command), "environment": environment},
        ],
    }
