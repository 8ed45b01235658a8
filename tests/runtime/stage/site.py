"""A site on the stage: its mount, its database, and as many replicas as a test wants."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from components.task import CODE
from fleet.names import schema_name
from simulator.local.access_point import AccessPoint, created, mounted
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import Container, start, wait_until
from tests.runtime.stage.database import HOST, Database
from tests.runtime.stage.image import DATABASE_CA
from tests.runtime.stage.plain_http import ask
from tests.runtime.stage.podman import new_name, remove_volumes_meanwhile, volumes_folder
from tests.runtime.stage.task import Task


def scratch(task: str, path: str) -> Path:
    """A file of a task's own, as this machine sees it: `tmp/…` or `cache/…`."""
    volume, _, rest = path.partition("/")
    return volumes_folder() / f"{task}-{volume}/_data" / rest


@dataclass
class Replica:
    """One task of the service after its init container succeeded."""

    container: Container
    task: str
    port: int

    @property
    def address(self) -> str:
        """The target that the load balancer knows, HOST:PORT."""
        return f"{self.container.address}:{self.port}"

    def get(self, path: str) -> httpx.Response:
        """A request as the load balancer's health check makes it: by address."""
        return ask(f"http://{self.address}{path}")

    def serves(self) -> bool:
        if self.container.process.poll() is not None:
            raise RuntimeError(f"the container ended:\n{self.container.output()}")
        try:
            return self.get("/healthz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def scratch(self, path: str) -> Path:
        return scratch(self.task, path)

    def stop(self) -> None:
        """Ends it as ECS does."""
        if self.container.process.poll() is None:
            self.container.signal(signal.SIGTERM)
        self.container.wait()


@dataclass
class StagedSite:
    name: str
    fields: Mapping[str, Any]
    """The site's entry in sites.yaml."""
    task: Task
    image: str
    database: Database
    folder: Path
    knobs: Mapping[str, str] = field(default_factory=dict)
    """Environment values that a user would set in `env` of sites.yaml."""
    latency: int = 0
    """Microseconds that each call on the mount takes longer."""
    containers: list[Container] = field(default_factory=list)
    points: list[AccessPoint] = field(default_factory=list)
    tasks: set[str] = field(default_factory=set)
    has_schema: bool = False

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
    def files(self) -> Path:
        """What the file system holds, past any client."""
        path = self.folder / "files"
        if not path.exists():
            created(path, self.task.uid, self.task.permissions)
        return path

    @cached_property
    def mount(self) -> Path:
        """The site's access point as the tasks mount it."""
        return self.mounted()

    def mounted(self) -> Path:
        """A mount of its own, as each host of the service has one."""
        path = self.folder / f"mount-{len(self.points)}"
        self.points.append(mounted(self.files, path, self.task.uid, self.latency))
        return path

    def seen(self, replica: Replica, path: str) -> Path:
        """What a task sees below wp-content: its own disk for code, else the access point."""
        return replica.scratch(path) if path.split("/")[0] in CODE else self.mount / path

    def here(self, name: str) -> dict[str, str]:
        """What this machine has elsewhere or wants quicker; `schema` gets nothing else."""
        database = {"WORDPRESS_DB_HOST": f"{HOST}:3306"}
        if name == "schema":
            return database
        # WordPress's own events ask the internet for updates.
        quicker = {"FLEET_DRAIN_SECONDS": "1", "FLEET_CRON_SECONDS": "0"}
        return {**database, **quicker, **self.knobs}

    def run(
        self,
        name: str,
        command: Sequence[str] = (),
        files: Mapping[str, Path] | None = None,
        task: str = "",
        mount: Path | None = None,
        **environment: str,
    ) -> Container:
        """Starts one container of a task: a new one, or one whose scratch volumes are there.

        `command` replaces the task's, `files` adds files of this machine by container path.
        """
        values = {**self.task.values(name), **self.here(name), **environment}
        task = task or new_name()
        self.tasks.add(task)
        options = [
            *self.task.options(name, task, mount or self.mount),
            *self.database.hosts,
            *(word for pair in values.items() for word in ("--env", "=".join(pair))),
        ]
        for path, source in {DATABASE_CA: self.database.ca, **(files or {})}.items():
            options += ["--volume", f"{source}:{path}:ro"]
        log = self.folder / f"{task}-{name}.log"
        container = start(self.image, options, command or self.task.command(name), log)
        self.containers.append(container)
        return container

    def made_schema(self, **environment: str) -> str:
        """Runs the container before the init container to its end. Returns what it logged.

        Tasks after the first would find all of it there; here they leave it out.
        """
        self.has_schema = True
        return self._ended(self.run("schema", **environment))

    def init(self, task: str = "", **environment: str) -> str:
        """Runs the init container to its end, after the one before it. Returns what it logged."""
        if not self.has_schema:
            self.made_schema()
        return self._ended(self.run("init", task=task, **environment))

    def _ended(self, container: Container) -> str:
        try:
            status = container.wait()
        except subprocess.TimeoutExpired as error:
            doings = f"{container.output()}\n{self.database.doings()}"
            raise TimeoutError(f"the container doesn't end:\n{doings}") from error
        assert status == 0, container.output()
        return container.output()

    def start(
        self,
        files: Mapping[str, Path] | None = None,
        task: str = "",
        mount: Path | None = None,
        **environment: str,
    ) -> Replica:
        """Starts the WordPress container and doesn't wait; arguments as `run` takes them."""
        task = task or new_name()
        container = self.run("wordpress", (), files, task, mount, **environment)
        return Replica(container, task, int(self.fields.get("port", 8080)))

    def started(self, task: str = "", **environment: str) -> Replica:
        """The WordPress container alone, until it is healthy."""
        replica = self.start(task=task, **environment)
        wait_until(replica.serves, "the replica is healthy")
        return replica

    def replica(self, **environment: str) -> Replica:
        """A new task of the service: the init container, then WordPress, until it is healthy."""
        task = new_name()
        self.init(task, **environment)
        return self.started(task, **environment)

    def visitor(self, replica: Replica, **headers: str) -> Visitor:
        return Visitor(self.home, replica.address, headers)

    def close(self) -> None:
        """Ends all of it."""
        for container in self.containers:
            container.kill()
        for point in self.points:
            point.close()
        remove_volumes_meanwhile(self.tasks)
