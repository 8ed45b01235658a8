"""Final snapshots of clusters that have left the account: dumps in `.local/snapshots`.

They outlive all that runs, `fleet destroy` too, as RDS keeps those that it took.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.local import network
from simulator.local.engine import Engine
from simulator.local.place import Place
from simulator.services.rds.rules import SNAPSHOT
from simulator.world import World

# Server, client and dump of each kind, as the official images name them.
PROGRAMS = {
    "mysql": (
        "mysqld --no-defaults --mysqlx=OFF --secure-file-priv=",
        "mysql",
        # Else a server that has written anything itself refuses the dump.
        "mysqldump $own --set-gtid-purged=OFF",
    ),
    "mariadb": ("mariadbd --no-defaults", "mariadb", "mariadb-dump $own"),
}
# By a server that nobody else reaches, since the cluster's own may have been stopped long ago.
SCRIPT = """
set -e
own="--no-defaults --user=root --socket=/tmp/db.sock"
{server} --user=mysql --datadir=/var/lib/mysql --socket=/tmp/db.sock \\
    --skip-networking --skip-log-bin &
while kill -0 $! && ! {client} $own -e 'SELECT 1' > /dev/null 2>&1; do sleep 0.5; done
schemas=$({client} $own -N -e "SELECT schema_name FROM information_schema.schemata WHERE schema_name
    NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')")
part=/snapshots/{name}.unfinished
: > $part
[ -z "$schemas" ] || {dump} --single-transaction --hex-blob --routines --events \\
    --databases $schemas > $part
gzip -c $part > $part.gz
mv $part.gz /snapshots/{name}.sql.gz
rm $part
"""


def server_name(place: Place, identifier: str, resource_id: str) -> str:
    """Of a cluster's server, and of the volume with its data.

    `resource_id`: AWS gives it to no other cluster. One of the same identifier may be made while
    the data of the one before isn't dumped yet.
    """
    return f"{place.name}-db-{identifier}.{resource_id}"


class SnapshotError(Exception):
    """A dump that can't be made; the data is still in its volume."""


@dataclass(frozen=True)
class Snapshots:
    """`kind` and `image`: of the database servers."""

    engine: Engine
    world: World
    kind: str
    image: str

    @property
    def folder(self) -> Path:
        """Where the dumps are."""
        return self.engine.place.local / "snapshots"

    def missing(self) -> dict[str, str]:
        """Snapshot -> volume, of clusters that are gone from the account and not yet dumped."""
        found = {
            one.key: server_name(
                self.engine.place,
                one.props["dbClusterIdentifier"],
                one.props["dbClusterResourceId"],
            )
            for one in self.world.resources(SNAPSHOT)
            if not (self.folder / f"{one.key}.sql.gz").exists()
        }
        volumes = set(self.engine.volumes()) if found else set()
        return {snapshot: volume for snapshot, volume in found.items() if volume in volumes}

    def take(self) -> None:
        """Dumps what is missing, and removes the volumes of it. Raises SnapshotError."""
        for snapshot, volume in self.missing().items():
            self._dump(snapshot, volume)
            self.engine.remove_volume(volume)

    def _dump(self, snapshot: str, volume: str) -> None:
        """Ends the cluster's own server, whose name is the volume's."""
        if found := self.engine.inspect(volume):
            if found["State"]["Paused"]:
                self.engine.client.api.unpause(volume)
            self.engine.stop(volume)
            self.engine.remove(volume)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        network.provide(self.engine)
        server, client, dump = PROGRAMS[self.kind]
        script = SCRIPT.format(server=server, client=client, dump=dump, name=snapshot)
        name = f"{self.engine.place.name}-snapshot-{snapshot}"
        self.engine.remove(name)
        binds = [f"{volume}:/var/lib/mysql", f"{self.folder}:/snapshots"]
        words = ["sh", "-c", script]
        self.engine.run(name, self.image, entrypoint=words, user="root", host={"binds": binds})
        try:
            if int(self.engine.client.api.wait(name)["StatusCode"]):
                told = self.engine.client.api.logs(name, tail=20).decode(errors="replace")
                raise SnapshotError(f"the final snapshot {snapshot} can't be taken:\n{told}")
        finally:
            self.engine.remove(name)
