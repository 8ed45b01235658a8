"""The task that the program defines for a site, with this machine's addresses filled in."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.program.fleets import Programs
from tests.runtime.stage.container import Setup
from tests.runtime.stage.image import Image

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
    """The containers of one site's task."""

    definitions: list[dict[str, Any]]

    def container(self, name: str) -> dict[str, Any]:
        return next(each for each in self.definitions if each["name"] == name)

    def setup(
        self, name: str, image: Image, here: Mapping[str, str], volumes: Mapping[str, Path]
    ) -> Setup:
        """One container: `here` replaces values that name AWS, `volumes` holds the folders."""
        definition = self.container(name)
        environment = {pair["name"]: pair["value"] for pair in definition["environment"]}
        secrets = {pair["name"]: _secret(pair["valueFrom"]) for pair in definition["secrets"]}
        return Setup(
            image=image,
            command=definition.get("command", image.command),
            environment={**environment, **secrets, **here},
            mounts={
                mount["containerPath"]: volumes[mount["sourceVolume"]]
                for mount in definition["mountPoints"]
            },
        )

    def volumes(self, name: str) -> list[str]:
        """The names of the volumes that a container mounts."""
        return [mount["sourceVolume"] for mount in self.container(name)["mountPoints"]]


def _secret(reference: str) -> str:
    """What ECS would read: the reference ends in `:KEY::`."""
    key = reference.split(":")[-3]
    return SECRETS.get(key, f"value of {key}, long enough to be a key of WordPress's")


def program_task(name: str, fields: Mapping[str, Any]) -> Task:
    """The task that the program, run under Pulumi's mocks, defines for this one site."""
    with tempfile.TemporaryDirectory() as folder:
        recording = Programs(Path(folder)).run({name: dict(fields)})
    (definition,) = recording.of_type("ecs:TaskDefinition")
    return Task(json.loads(definition.inputs["containerDefinitions"]))
