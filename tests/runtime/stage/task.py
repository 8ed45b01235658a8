"""The task that the program defines for a site, in podman's words."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.program.fleets import Programs

# What Secrets Manager would hold, by the JSON key that the definition names; nasty on purpose.
PASSWORD = "site-password-'\"\\$ {{x}}"  # noqa: S105 - of a scratch database
ADMIN_PASSWORD = "admin-password-&<>'$1"  # noqa: S105
MASTER_PASSWORD = "master-password-'\"\\"  # noqa: S105
SECRETS = {
    "database_password": PASSWORD,
    "admin_password": ADMIN_PASSWORD,
    "username": "master",
    "password": MASTER_PASSWORD,
}


@dataclass(frozen=True)
class Task:
    """The task definition of one site, and its access point."""

    definitions: list[dict[str, Any]]
    cpu: str
    memory: str
    persistent: frozenset[str]
    """The volumes that are on EFS; all others are scratch."""
    uid: int
    """The access point's, as `permissions` are its root's."""
    permissions: str

    def container(self, name: str) -> dict[str, Any]:
        return next(each for each in self.definitions if each["name"] == name)

    def values(self, name: str) -> dict[str, str]:
        """The environment of a container, with what Secrets Manager has."""
        definition = self.container(name)
        plain = {pair["name"]: pair["value"] for pair in definition["environment"]}
        return plain | {pair["name"]: _secret(pair["valueFrom"]) for pair in definition["secrets"]}

    def command(self, name: str) -> Sequence[str]:
        """What takes the place of the image's; empty where nothing does."""
        return self.container(name).get("command", ())

    def options(self, name: str, task: str, mount: Path) -> list[str]:
        """Podman's options for a container, but its environment.

        `task` begins the names of the scratch volumes, which the containers of a task share.
        """
        definition = self.container(name)
        memory = f"{self.memory}m"
        words = ["--cpus", str(int(self.cpu) / 1024), "--memory", memory, "--memory-swap", memory]
        if definition["readonlyRootFilesystem"]:
            # Podman's own would hide what a read-only root breaks.
            words += ["--read-only", "--read-only-tmpfs=false"]
        if definition.get("linuxParameters", {}).get("initProcessEnabled"):
            words += ["--init"]
        if "user" in definition:
            words += ["--user", definition["user"]]
        words += ["--stop-timeout", str(definition.get("stopTimeout", 30))]
        for point in definition["mountPoints"]:
            volume = point["sourceVolume"]
            # Podman gives a named volume the content, owner and mode of the image, as ECS does.
            source = mount if volume in self.persistent else f"{task}-{volume}"
            words += ["--volume", f"{source}:{point['containerPath']}"]
        return words


def _secret(reference: str) -> str:
    """What ECS would read: the reference ends in `:KEY::`."""
    key = reference.split(":")[-3]
    return SECRETS.get(key, f"value of {key}, long enough to be a key of WordPress's")


def program_task(name: str, fields: Mapping[str, Any]) -> Task:
    """The task that the program, run under Pulumi's mocks, defines for this one site."""
    with tempfile.TemporaryDirectory() as folder:
        recording = Programs(Path(folder)).run({name: dict(fields)})
    (definition,) = recording.of_type("ecs:TaskDefinition")
    (point,) = recording.of_type("efs:AccessPoint")
    volumes = definition.inputs["volumes"]
    return Task(
        definitions=json.loads(definition.inputs["containerDefinitions"]),
        cpu=definition.inputs["cpu"],
        memory=definition.inputs["memory"],
        persistent=frozenset(v["name"] for v in volumes if "efsVolumeConfiguration" in v),
        uid=int(point.inputs["posixUser"]["uid"]),
        permissions=point.inputs["rootDirectory"]["creationInfo"]["permissions"],
    )
