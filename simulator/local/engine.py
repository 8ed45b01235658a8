"""The container engine: Docker, or Podman, which speaks Docker's API on a socket of its own.

Everything that is made carries the checkout's label, so that it is found again whoever made it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.types import Ulimit
from requests.exceptions import JSONDecodeError

from simulator.local.place import Place
from simulator.local.podman import podman_environment

LABEL = "fleet.local"
FOLDER_LABEL = f"{LABEL}.folder"
# Of the environment: `off` leaves the account a file, as on a machine without an engine.
SWITCH = "FLEET_CONTAINERS"
# Words for a container's state: those that Docker and Podman share, and what either says.
ALIVE, ENDED = ["created", "running", "paused"], ["exited", "dead", "stopped"]
MOST_FILES = 65536  # Fargate's
PROCESSES = 4096
API_SECONDS = 120
START_SECONDS = 20.0
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class NoEngineError(Exception):
    """No container engine answers on this machine; its text says what to do."""


MISSING = (
    "no container engine: the sites don't run, they are entries in a file. Install Podman "
    "(Debian: apt-get install podman) or Docker, and run it again"
)


def wanted() -> bool:
    """Whether containers may be run at all."""
    return os.environ.get(SWITCH, "") != "off"


def is_there() -> bool:
    """Whether the machine has an engine, as far as its files say."""
    return wanted() and bool(_sockets() or shutil.which("podman"))


def _sockets() -> list[str]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}")
    paths = ("/var/run/docker.sock", f"{runtime}/podman/podman.sock", "/run/podman/podman.sock")
    given = os.environ.get("DOCKER_HOST")
    return ([given] if given else []) + [f"unix://{p}" for p in paths if os.access(p, os.W_OK)]


@dataclass
class Engine:
    """A connection to the engine, and what is the same of all containers."""

    place: Place
    client: docker.DockerClient
    process: subprocess.Popen[bytes] | None = None

    @property
    def labels(self) -> dict[str, str]:
        """Of all that belongs to this checkout."""
        return {LABEL: self.place.name, FOLDER_LABEL: str(self.place.folder.resolve())}

    @property
    def folder(self) -> str:
        """Where it keeps images, containers and volumes; of another machine with Docker Desktop."""
        return str(self.client.api.info()["DockerRootDir"])

    def containers(self) -> list[dict[str, Any]]:
        """All of the checkout's, ended ones too, as the API lists them."""
        mine = {"label": f"{LABEL}={self.place.name}"}
        return self.client.api.containers(all=True, filters=mine)

    def alive(self) -> dict[str, str]:
        """The state of each of the checkout's containers that hasn't ended, by name.

        To list one takes Podman 6 ms, and those that have ended are more.
        """
        filters = {"label": f"{LABEL}={self.place.name}", "status": ALIVE}
        found = self.client.api.containers(all=True, filters=filters)
        return {one["Names"][0].lstrip("/"): one["State"] for one in found}

    def inspect(self, name: str) -> dict[str, Any] | None:
        """One container, or None."""
        try:
            return self.client.api.inspect_container(name)
        except NotFound:
            return None

    def run(self, name: str, image: str, **options: Any) -> str:
        """Starts a container in the background. Returns its id."""
        files = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], MOST_FILES)
        labels = {**self.labels, **options.pop("labels", {})}
        address = options.pop("address", None)
        host = self.client.api.create_host_config(
            network_mode=self.place.name,
            ulimits=[
                Ulimit(name="nofile", soft=files, hard=files),
                Ulimit(name="nproc", soft=PROCESSES, hard=PROCESSES),
            ],
            **options.pop("host", {}),
        )
        own = self.client.api.create_endpoint_config(ipv4_address=address)
        made = self.client.api.create_container(
            image,
            name=name,
            labels=labels,
            host_config=host,
            networking_config=self.client.api.create_networking_config({self.place.name: own}),
            **options,
        )
        self.client.api.start(made["Id"])
        return made["Id"]

    def remove(self, name: str) -> None:
        """Ends a container at once and removes it with its nameless volumes; none is no error."""
        try:
            self.client.api.remove_container(name, v=True, force=True)
        except NotFound:
            return

    def signal(self, name: str, number: signal.Signals) -> None:
        """Sends a signal; a container that ended meanwhile is no error."""
        try:
            self.client.api.kill(name, number.name)
        except (NotFound, APIError):
            return

    def execute(self, name: str, words: list[str], stdin: str = "") -> tuple[int, str]:
        """One more command in a container: status and output. `stdin` goes in by the shell."""
        script = ["sh", "-c", 'printf %s "$FLEET_STDIN" | "$@"', "sh", *words] if stdin else words
        made = self.client.api.exec_create(name, script, environment={"FLEET_STDIN": stdin})
        output = self.client.api.exec_start(made["Id"])
        status = self.client.api.exec_inspect(made["Id"])["ExitCode"]
        return int(status or 0), output.decode(errors="replace")

    def cpu_nanoseconds(self, name: str) -> int:
        """What a container has used since its start; 0 of one that has ended."""
        try:
            found = self.client.api.stats(name, stream=False, one_shot=True)
        except (APIError, JSONDecodeError):
            # Podman's answer is empty for a container that has just ended.
            return 0
        return int(found["cpu_stats"]["cpu_usage"].get("total_usage") or 0)

    def has_image(self, name: str) -> bool:
        """Whether the image is on this machine."""
        try:
            self.client.api.inspect_image(name)
        except NotFound:
            return False
        return True

    def stop(self, name: str) -> None:
        """Ends a container by its stop signal, within a minute."""
        self.client.api.stop(name, timeout=60)

    def volumes(self) -> list[str]:
        """The names of all volumes of the checkout."""
        mine = {"label": f"{LABEL}={self.place.name}"}
        return [one["Name"] for one in self.client.api.volumes(filters=mine)["Volumes"] or []]

    def remove_volume(self, name: str) -> None:
        """Removes a volume; one that is gone, or still in use, is no error."""
        try:
            self.client.api.remove_volume(name, force=True)
        except APIError:
            return

    def remove_volumes(self, prefix: str) -> None:
        """Removes those whose names begin so."""
        for name in self.volumes():
            if name.startswith(prefix):
                self.remove_volume(name)

    def volume(self, name: str) -> str:
        """A named volume, made if need be."""
        self.client.api.create_volume(name, labels=self.labels)
        return name

    def remove_network(self) -> None:
        """Removes the checkout's network; none is no error."""
        try:
            self.client.api.remove_network(self.place.name)
        except NotFound:
            return

    def close(self) -> None:
        """Ends the service that this process started."""
        self.client.close()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(START_SECONDS)


def connect(place: Place) -> Engine:
    """Finds an engine that answers; starts podman's service for Docker's API if need be.

    Raises NoEngineError.
    """
    if not wanted():
        raise NoEngineError(f"{SWITCH}=off")
    for socket in _sockets():
        if client := _client(socket):
            return Engine(place, client)
    if shutil.which("podman") is None:
        raise NoEngineError(MISSING)
    path = place.socket
    if client := _client(f"unix://{path}"):
        return Engine(place, client)
    process = subprocess.Popen(
        ["podman", "system", "service", "--time=0", f"unix://{path}"],
        env=podman_environment(),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_ends_with_parent,
    )
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if client := _client(f"unix://{path}"):
            return Engine(place, client, process)
        time.sleep(0.1)
    process.kill()
    raise NoEngineError("podman is installed, but `podman system service` doesn't answer")


def _ends_with_parent() -> None:
    """In the child: the system ends it with whoever started it, however that ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _client(address: str) -> docker.DockerClient | None:
    try:
        client = docker.DockerClient(base_url=address, timeout=API_SECONDS)
        client.ping()
    except (DockerException, OSError):
        return None
    return client
