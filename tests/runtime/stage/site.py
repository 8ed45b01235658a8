"""A site on the stage: its mount, its database, and as many replicas as a test wants."""

import itertools
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from ephemeral_port_reserve import reserve

from components.task import CONTENT_VOLUME
from fleet.names import schema_name
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import Container, wait_until
from tests.runtime.stage.image import DATABASE_CA, DATABASE_HOST, Image
from tests.runtime.stage.mariadb import MariaDB
from tests.runtime.stage.task import Task


@dataclass
class Replica:
    """One task of the service after its init container succeeded."""

    container: Container
    port: int
    scratch: Path

    def get(self, path: str) -> httpx.Response:
        """A request as the load balancer's health check makes it: by address."""
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=60)

    def serves(self) -> bool:
        if self.container.process.poll() is not None:
            raise RuntimeError(f"the container ended:\n{self.container.output()}")
        try:
            return self.get("/healthz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def mirror_is_complete(self) -> bool:
        return (self.scratch / "cache/html/wp-content/.complete").exists()

    def replace(self) -> None:
        """Ends it for good, with its scratch volumes, as ECS does."""
        if self.container.process.poll() is None:
            self.container.signal(signal.SIGTERM)
        self.container.wait()
        shutil.rmtree(self.scratch)


@dataclass
class StagedSite:
    name: str
    fields: Mapping[str, Any]
    """The site's entry in sites.yaml."""
    task: Task
    image: Image
    database: MariaDB
    folder: Path
    knobs: Mapping[str, str] = field(default_factory=dict)
    """Environment values that a user would set in `env` of sites.yaml."""
    containers: list[Container] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def host(self) -> str:
        """The canonical host name."""
        return str(self.fields["domains"][0])

    @property
    def home(self) -> str:
        return f"https://{self.host}"

    @property
    def title(self) -> str:
        return str(self.fields["title"])

    @property
    def schema(self) -> str:
        return schema_name(self.name)

    def sql(self, statement: str) -> str:
        """Runs SQL in the site's schema as the server's root user."""
        return self.database.sql(statement, self.schema)

    @property
    def mount(self) -> Path:
        """The site's folder on the shared file system."""
        path = self.folder / "mount"
        path.mkdir(exist_ok=True)
        return path

    def here(self, **more: str) -> dict[str, str]:
        return {
            "WORDPRESS_DB_HOST": f"{DATABASE_HOST}:{self.database.port}",
            "FLEET_DB_CA": DATABASE_CA,
            "FLEET_TRUSTED_PROXIES": "127.0.0.0/8",
            "FLEET_DRAIN_SECONDS": "1",
            **self.knobs,
            **more,
        }

    def run(
        self,
        name: str,
        command: Sequence[str] = (),
        files: Mapping[str, Path] | None = None,
        **environment: str,
    ) -> tuple[Container, Path]:
        """Starts one container of the task, with scratch volumes of its own.

        `command` replaces the task's, `files` adds files of this machine by container path.
        """
        scratch = self.folder / f"scratch-{next(self._numbers)}"
        volumes = {volume: scratch / volume for volume in self.task.volumes(name)}
        for folder in volumes.values():
            folder.mkdir(parents=True)
        volumes[CONTENT_VOLUME] = self.mount
        setup = self.task.setup(name, self.image, self.here(**environment), volumes)
        setup = replace(setup, command=command or setup.command)
        setup = replace(
            setup, mounts={**setup.mounts, DATABASE_CA: self.database.ca, **(files or {})}
        )
        container = setup.start(scratch / f"{name}.log")
        self.containers.append(container)
        return container, scratch

    def init(self, **environment: str) -> str:
        """Runs the init container to its end. Returns what it logged."""
        container, _ = self.run("init", **environment)
        try:
            status = container.wait()
        except subprocess.TimeoutExpired as error:
            doings = f"{container.output()}\n{self.database.doings()}"
            raise TimeoutError(f"fleet-init doesn't end:\n{doings}") from error
        assert status == 0, container.output()
        return container.output()

    def start(self, files: Mapping[str, Path] | None = None, **environment: str) -> Replica:
        """Starts the WordPress container and doesn't wait; `files` as `run` takes them."""
        port = reserve()
        environment["FLEET_PORT"] = str(port)
        container, scratch = self.run("wordpress", files=files, **environment)
        return Replica(container, port, scratch)

    def started(self, **environment: str) -> Replica:
        """The WordPress container alone, until it is healthy."""
        replica = self.start(**environment)
        wait_until(replica.serves, "the replica is healthy")
        return replica

    def replica(self, **environment: str) -> Replica:
        """A new task of the service: the init container, then WordPress, until it is healthy."""
        self.init(**environment)
        return self.started(**environment)

    def visitor(self, replica: Replica, **headers: str) -> Visitor:
        return Visitor(self.home, replica.port, headers)

    def close(self) -> None:
        for container in self.containers:
            container.kill()
