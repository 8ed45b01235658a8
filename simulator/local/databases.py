"""A MySQL server for each Aurora cluster of the account, which speaks TLS only."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme

from simulator.local import network
from simulator.local.engine import ENDED, Engine
from simulator.local.pausing import Pausing
from simulator.local.place import DATABASE_KEY, Place
from simulator.local.snapshots import Snapshots, server_name
from simulator.local.trouble import note_end
from simulator.services.rds.calls import CLUSTER
from simulator.world import Resource, World

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
KINDS = {
    # Without performance schema: 200 MB a server instead of 550.
    "mysql": ("docker.io/library/mysql:8.4", "mysqld", ("--mysqlx=OFF", "--secure-file-priv=")),
    "mariadb": ("docker.io/library/mariadb:11.4", "mariadbd", ()),
}
OPTIONS = (
    *("--no-defaults", "--user=mysql", "--datadir=/var/lib/mysql", "--socket=/tmp/db.sock"),
    *("--ssl-ca=/fleet/ca.pem", "--ssl-cert=/fleet/cert.pem", "--ssl-key=/fleet/key.pem"),
    *("--require-secure-transport=ON", "--init-file=/fleet/init.sql", "--skip-name-resolve"),
    *("--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_520_ci"),
    # Aurora's storage is durable without it; a laptop's power may fail within a second.
    *("--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=96M"),
    *("--performance-schema=OFF", "--log-bin=binary", "--sync-binlog=0"),
    "--log-bin-trust-function-creators=ON",
)
# The official images come with an empty data folder.
INSTALL = {
    "mysql": "mysqld --no-defaults --initialize-insecure --user=mysql --datadir=/var/lib/mysql",
    "mariadb": "mariadb-install-db --no-defaults --user=mysql --datadir=/var/lib/mysql "
    "--auth-root-authentication-method=normal --skip-test-db",
}
# AWS's list for a master user, as far as both servers know it
# (Aurora User Guide, "Master user account privileges").
MASTER_PRIVILEGES = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, "
    "SHOW DATABASES, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, "
    "CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER"
)
STOP_SECONDS = 30
log = logging.getLogger("agent")


def quoted(text: str) -> str:
    """A string in SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def kind_of(place: Place) -> str:
    """`mysql` or `mariadb`, by the settings."""
    return str(place.settings.get(DATABASE_KEY, "mysql"))


@dataclass
class Databases:
    """The servers of all clusters of the account."""

    engine: Engine
    world: World
    prefix: str

    def __post_init__(self) -> None:
        self.pausing = Pausing(self.engine)
        self._worker = ThreadPoolExecutor(1)
        self._taking: Future[None] | None = None
        self._again = 0.0

    @property
    def kind(self) -> str:
        """`mysql` or `mariadb`, by the settings."""
        return kind_of(self.engine.place)

    @property
    def ca(self) -> Path:
        """The certificate of whom the tasks trust in Amazon's place."""
        return self._authority()

    def keep(self, states: dict[str, str]) -> dict[str, str]:
        """Starts what is missing and removes what no cluster is any more.

        `states`: of the checkout's containers that haven't ended, by name. Returns host name ->
        address.
        """
        hosts: dict[str, str] = {}
        names: set[str] = set()
        for cluster in self.world.resources(CLUSTER):
            name = self.name(cluster)
            names.add(name)
            address = network.fixed_address(self.world, self.prefix, cluster.key)
            for host in ("endpoint", "readerEndpoint"):
                hosts[cluster.props[host]] = address
            state = states.get(name)
            if state in ("running", "paused"):
                self.pausing.keep(cluster, name, state)
                continue
            # A cluster of the same identifier, whose server is on its way out, has its address.
            own = server_name(self.engine.place, cluster.props["clusterIdentifier"], "")
            if found := self.engine.inspect(name):
                self._start_again(cluster, name, found["State"])
            elif not any(other.startswith(own) for other in states):
                self._run(cluster, name, address)
        names |= self._being_dumped()
        for name in states:
            if name.startswith(f"{self.engine.place.name}-db-") and name not in names:
                self.engine.remove(name)
                self.engine.remove_volumes(name)
        return hosts

    def _start_again(self, cluster: Resource, name: str, state: dict[str, Any]) -> None:
        """One that has ended by itself, which is told; one that never started yet is not."""
        if state["Status"] not in ("created", *ENDED):
            return  # on its way
        self.engine.client.api.start(name)
        if state["Status"] != "created":
            log.warning("%s", note_end(self.world, cluster, int(state["ExitCode"])))

    def _being_dumped(self) -> set[str]:
        """The servers of clusters whose final snapshot isn't taken yet, which happens beside this.

        One that fails is told in the agent's log, keeps its data, and is tried again.
        """
        missing = self.snapshots(self.engine, self.world).missing()
        if self._taking and self._taking.done():
            if self._taking.exception():
                self._again = time.time() + self.engine.place.minute
            self._taking = None
        if missing and self._taking is None and time.time() >= self._again:
            self._taking = self._worker.submit(self._take)
        return set(missing.values())

    def _take(self) -> None:
        world = World(self.world.path)
        try:
            self.snapshots(self.engine, world).take()
        except Exception:
            log.exception("a final snapshot")
            raise
        finally:
            world.close()

    @staticmethod
    def snapshots(engine: Engine, world: World) -> Snapshots:
        """The final snapshots of the account."""
        kind = kind_of(engine.place)
        return Snapshots(engine, world, kind, KINDS[kind][0])

    def name(self, cluster: Resource) -> str:
        """Of the container, and of the volume with its data."""
        props = cluster.props
        return server_name(
            self.engine.place, props["clusterIdentifier"], props["clusterResourceId"]
        )

    def _run(self, cluster: Resource, name: str, address: str) -> None:
        image, server, own = KINDS[self.kind]
        files = self._files(cluster)
        start = f'[ -d /var/lib/mysql/mysql ] || {INSTALL[self.kind]}; exec {server} "$@"'
        self.engine.run(
            name,
            image,
            entrypoint=["sh", "-c", start, "sh"],
            command=[*OPTIONS, *own],
            user="root",
            stop_signal="SIGTERM",
            address=address,
            host={
                "binds": [
                    f"{self.engine.volume(name)}:/var/lib/mysql",
                    f"{files}:/fleet:ro",
                ],
            },
        )

    def _files(self, cluster: Resource) -> Path:
        """Certificate, key and first statements of one server."""
        self._authority()
        folder = self.engine.place.room(f"databases/{cluster.key}")
        if not (folder / "cert.pem").exists():
            certificate = self._signer().issue_cert(
                cluster.props["endpoint"], cluster.props["readerEndpoint"]
            )
            certificate.private_key_pem.write_to_path(folder / "key.pem")
            for number, blob in enumerate(certificate.cert_chain_pems):
                blob.write_to_path(folder / "cert.pem", append=number > 0)
            (folder / "ca.pem").write_bytes(self.ca.read_bytes())
        (folder / "init.sql").write_text(self._statements(cluster))
        folder.chmod(0o755)
        for path in folder.iterdir():
            # The server is another user. The folder above is nobody else's.
            path.chmod(0o644)
        return folder

    def _statements(self, cluster: Resource) -> str:
        master = self.master(cluster)
        user = f"{quoted(master['username'])}@'%'"
        return (
            f"CREATE USER IF NOT EXISTS {user} IDENTIFIED BY {quoted(master['password'])};\n"
            f"ALTER USER {user} IDENTIFIED BY {quoted(master['password'])};\n"
            f"GRANT {MASTER_PRIVILEGES} ON *.* TO {user} WITH GRANT OPTION;\n"
        )

    def master(self, cluster: Resource) -> dict[str, Any]:
        """Name and password of the cluster's master user, from its secret."""
        arn = cluster.props["masterUserSecrets"][0]["secretArn"]
        secret = self.world.get(SECRET, arn)
        if secret is None:
            raise LookupError(f"{cluster.key} has no master secret {arn}")
        return secret.props["_value"]

    def _signer(self) -> trustme.CA:
        folder = self.engine.place.room("authority")
        return trustme.CA.from_pem(
            (folder / "ca.pem").read_bytes(), (folder / "key.pem").read_bytes()
        )

    def _authority(self) -> Path:
        folder = self.engine.place.room("authority")
        path = folder / "ca.pem"
        if not path.exists():
            authority = trustme.CA()
            authority.private_key_pem.write_to_path(folder / "key.pem")
            (folder / "key.pem").chmod(0o600)
            authority.cert_pem.write_to_path(path)
        return path
