"""Between a site and its database: answers that stop half way, names told late or never."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.runtime.stage.container import wait_until
from tests.runtime.stage.database import HOST, Database
from tests.runtime.stage.image import fleet_image
from tests.runtime.stage.podman import limits, new_name, podman

SCRIPT = Path(__file__).with_suffix(".php")
HALF = "/tmp/half"  # noqa: S108 - in the container


@dataclass(frozen=True)
class Wire:
    """In front of a database, at its own address."""

    name: str
    host = f"{HOST}:3307"
    """In place of the database's own."""
    resolver: str
    """The content of a resolv.conf that asks here: the database's name is told late, no other."""

    def stops_half_way(self) -> None:
        """Of each answer of the server the first bytes come, and no more."""
        podman("exec", self.name, "touch", HALF)

    def is_whole(self) -> None:
        podman("exec", self.name, "rm", "-f", HALF)


@contextmanager
def wire(database: Database) -> Iterator[Wire]:
    name = new_name()
    where = ["--network", f"container:{database.name}", "--volume", f"{SCRIPT}:/wire.php:ro"]
    # Root, for the port of names.
    words = ["run", "--detach", "--rm", "--name", name, *limits(), "--user", "0:0", *where]
    podman(*words, fleet_image(), "php", "/wire.php", database.address)
    try:
        wait_until(lambda: "ready" in podman("logs", name), "the wire is there")
        yield Wire(name, f"nameserver {database.address}\n")
    finally:
        podman("rm", "--force", "--volumes", "--time", "0", name)
