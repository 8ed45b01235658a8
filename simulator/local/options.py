"""A container definition of ECS in the words of Docker's API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simulator.local import secrets
from simulator.local.files import Files
from simulator.local.image import DATABASE_CA
from simulator.local.task import Task
from simulator.world import World

CPU_UNITS = 1024
MEBIBYTE = 1024 * 1024
STOP_TIMEOUT_SECONDS = 30  # Fargate's own
# The image has none on a laptop's network: the addresses that tell of the task and its role.
HTTP_PORT = 80


@dataclass(frozen=True)
class Surroundings:
    """What a container needs to know of this machine."""

    world: World
    files: Files
    hosts: dict[str, str]
    ca: str
    port: int

    def options(
        self, task: Task, props: dict[str, Any], definition: dict[str, Any], prefix: str
    ) -> dict[str, Any]:
        """What `Engine.run` takes for one container of a task.

        `prefix` begins the names of the scratch volumes, which the containers of a task share.
        """
        override = task.overrides.get(definition["name"], {})
        memory = int(task.overrides.get("memory") or props["memory"]) * MEBIBYTE
        given: dict[str, Any] = {
            "environment": {**self.environment(definition), **override.get("environment", {})},
            "host": {
                "read_only": bool(definition.get("readonlyRootFilesystem")),
                "init": bool((definition.get("linuxParameters") or {}).get("initProcessEnabled")),
                "binds": [
                    *self.binds(props, definition, prefix),
                    *override.get("binds", []),
                ],
                "extra_hosts": self.hosts,
                "mem_limit": memory,
                "memswap_limit": memory,
                # 100 ms, the kernel's usual period.
                "cpu_period": 100_000,
                "cpu_quota": int(cores(task, props) * 100_000),
            },
        }
        command = override.get("command") or definition.get("command")
        if command:
            given["command"] = command
        for name in ("user", "workingDirectory", "entryPoint"):
            if definition.get(name):
                key = {"workingDirectory": "working_dir", "entryPoint": "entrypoint"}
                given[key.get(name, name)] = definition[name]
        return given

    def environment(self, definition: dict[str, Any]) -> dict[str, str]:
        """Plain values and secrets, with the port of this machine's load balancer."""
        plain = {one["name"]: one["value"] for one in definition.get("environment") or []}
        secret = {
            one["name"]: secrets.value(self.world, one["valueFrom"])
            for one in definition.get("secrets") or []
        }
        if home := plain.get("WP_HOME"):
            plain["WP_HOME"] = address(home, self.port)
        return {**plain, **secret}

    def binds(self, props: dict[str, Any], definition: dict[str, Any], prefix: str) -> list[str]:
        """Mounts: access points, the task's scratch volumes, and the database's CA."""
        points = {
            volume["name"]: volume["efsVolumeConfiguration"]["authorizationConfig"]["accessPointId"]
            for volume in props.get("volumes") or []
            if volume.get("efsVolumeConfiguration")
        }
        binds = [f"{self.ca}:{DATABASE_CA}:ro"]
        for point in definition.get("mountPoints") or []:
            volume = point["sourceVolume"]
            # A named volume takes content, owner and mode of the image, as ECS's scratch does.
            known = points.get(volume)
            source = str(self.files.mount(known)) if known else f"{prefix}-{volume}"
            mode = ":ro" if point.get("readOnly") else ""
            binds.append(f"{source}:{point['containerPath']}{mode}")
        return binds


def cores(task: Task, props: dict[str, Any]) -> float:
    """What a task may use of this machine's. `props`: of its task definition."""
    return int(task.overrides.get("cpu") or props["cpu"]) / CPU_UNITS


def address(url: str, port: int) -> str:
    """A site's address as this machine's load balancer serves it: plain HTTP on its port."""
    host = urlsplit(url).hostname or ""
    return f"http://{host}" + ("" if port == HTTP_PORT else f":{port}")
