"""The task definition that the program makes for a site, with this machine's addresses filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.task import TaskFacts, container_definitions
from fleet.model import Site
from tests.runtime.stage.container import Setup
from tests.runtime.stage.image import Image

# What Secrets Manager would hold, by the JSON key that the definition names; nasty on purpose.
PASSWORD = "site-password-'\"\\$ {{x}}"
ADMIN_PASSWORD = "admin-password-&<>'$1"
MASTER_PASSWORD = "master-password-'\"\\"


@dataclass(frozen=True)
class Task:
    """The containers of one site's task."""

    definitions: list[dict[str, Any]]

    def setup(
        self, container: str, image: Image, here: Mapping[str, str], volumes: Mapping[str, Path]
    ) -> Setup:
        """One container: `here` replaces values that name AWS, `volumes` holds the folders."""
        definition = next(d for d in self.definitions if d["name"] == container)
        environment = {pair["name"]: pair["value"] for pair in definition["environment"]}
        secrets = {pair["name"]: _secret(pair["valueFrom"]) for pair in definition["secrets"]}
        mounts = {m["containerPath"]: volumes[m["sourceVolume"]] for m in definition["mountPoints"]}
        return Setup(
            image=image,
            command=definition.get("command", image.command),
            environment={**environment, **secrets, **here},
            mounts=mounts,
        )


def _secret(reference: str) -> str:
    """What ECS would read: the reference ends in `:KEY::`."""
    key = reference.split(":")[-3]
    known = {
        "database_password": PASSWORD,
        "admin_password": ADMIN_PASSWORD,
        "username": "master",
        "password": MASTER_PASSWORD,
    }
    return known.get(key, f"value of {key}, long enough to be a key of WordPress's")


def task_of(site: Site) -> Task:
    facts = TaskFacts(
        image="image",
        region="us-east-1",
        log_group="log-group",
        database_endpoint="database.example.com",
        master_secret_arn="arn:aws:secretsmanager:us-east-1:123456789012:secret:master-AbCdEf",
        site_secret_arn="arn:aws:secretsmanager:us-east-1:123456789012:secret:site-AbCdEf",
    )
    return Task(container_definitions(site, facts, environment="test", scheme="https"))
