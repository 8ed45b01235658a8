"""A site's Aurora cluster: MySQL (or MariaDB) that speaks TLS under a certificate of our own."""

import json
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import trustme

from tests.runtime.stage.container import wait_until
from tests.runtime.stage.image import stand_in
from tests.runtime.stage.podman import limits, network, new_name, podman, run
from tests.runtime.stage.task import MASTER_PASSWORD

MASTER = "master"
HOST = "database.example.com"
"""The name that the server's certificate holds."""
OTHER_HOST = "other.example.com"
"""A name of the same server, which the certificate doesn't hold."""
SOCKET = "/run/mysqld/db.sock"

# AWS's list for a master user, as far as both servers know it
# (Aurora User Guide, "Master user account privileges").
MASTER_PRIVILEGES = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, "
    "SHOW DATABASES, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, "
    "CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER"
)


@dataclass(frozen=True)
class Kind:
    name: str
    server: str
    client: str
    options: tuple[str, ...]


# With a binary log, which is what may refuse a site its triggers.
BINARY_LOG = ("--log-bin=binary", "--sync-binlog=0", "--log-bin-trust-function-creators=ON")
MYSQL = Kind("mysql", "mysqld", "mysql", ("--mysqlx=OFF", "--secure-file-priv=", *BINARY_LOG))
MARIADB = Kind("mariadb", "mariadbd", "mariadb", BINARY_LOG)

# What plugins and dumps make in a schema beside tables: how it is made and used, and taken away.
OBJECTS = {
    "view": (
        "CREATE VIEW v AS SELECT ID FROM wp_users; SHOW CREATE VIEW v; SELECT * FROM v",
        "DROP VIEW v",
    ),
    "trigger": (
        "CREATE TRIGGER t BEFORE INSERT ON wp_links FOR EACH ROW SET NEW.link_rel = 'x'",
        "DROP TRIGGER t",
    ),
    "procedure": (
        "CREATE PROCEDURE p() SELECT 1; CALL p(); ALTER PROCEDURE p COMMENT 'x'",
        "DROP PROCEDURE p",
    ),
    # One that the binary log could not repeat.
    "function": ("CREATE FUNCTION f() RETURNS DOUBLE RETURN RAND(); SELECT f()", "DROP FUNCTION f"),
    "event": ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM wp_links", "DROP EVENT e"),
}


class Database:
    """Start it, stop it, freeze it; `folder` has its CA's certificate."""

    def __init__(self, folder: Path, kind: Kind = MYSQL, *, require_tls: bool = True) -> None:
        self.kind = kind
        self.name = new_name()
        self.address = network().fixed_address()
        self.ca = folder / "ca.pem"
        self._certify(folder)
        podman(
            *("run", "--detach", "--name", self.name, *limits(), "--stop-timeout", "60"),
            *(
                "--network",
                network().name,
                "--ip",
                self.address,
                *self.hosts,
                "--volume",
                f"{folder}:/tls:ro",
            ),
            stand_in(kind.name),
            *(kind.server, "--no-defaults", "--user=mysql", "--datadir=/var/lib/mysql"),
            *(f"--socket={SOCKET}", "--ssl-ca=/tls/ca.pem", "--ssl-cert=/tls/cert.pem"),
            *("--ssl-key=/tls/key.pem", f"--require-secure-transport={'ON' if require_tls else 0}"),
            *("--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_520_ci"),
            # Its look-ups of clients' names would wait for a DNS that nobody runs here.
            "--skip-name-resolve",
            # Speed of a scratch database, not durability.
            *("--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=128M"),
            *("--performance-schema=OFF", *kind.options),
        )
        self._await()
        self.sql(
            f"CREATE USER '{MASTER}'@'%' IDENTIFIED BY {quoted(MASTER_PASSWORD)};"
            f"GRANT {MASTER_PRIVILEGES} ON *.* TO '{MASTER}'@'%' WITH GRANT OPTION;"
        )

    def _certify(self, folder: Path) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert(HOST)
        authority.cert_pem.write_to_path(self.ca)
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        for number, blob in enumerate(certificate.cert_chain_pems):
            blob.write_to_path(folder / "cert.pem", append=number > 0)
        # The server and the sites' containers are other users.
        folder.chmod(0o755)
        for path in folder.iterdir():
            path.chmod(0o644)

    def _await(self) -> None:
        wait_until(self._accepts, f"{self.kind.name} accepts connections")

    def _accepts(self) -> bool:
        if not self._state["Running"]:
            raise RuntimeError(f"{self.kind.name} ended:\n{self._log()}")
        return self._asked("SELECT 1", "mysql").returncode == 0

    def _log(self) -> str:
        done = run(["podman", "logs", "--tail", "20", self.name])
        return done.stdout + done.stderr

    @property
    def _state(self) -> dict[str, object]:
        return json.loads(podman("inspect", "--format", "{{json .State}}", self.name))

    def _asked(self, statement: str, schema: str) -> "subprocess.CompletedProcess[str]":
        client = [self.kind.client, "--no-defaults", "-uroot", f"--socket={SOCKET}"]
        words = ["podman", "exec", "--interactive", self.name, *client, "-N", "-B", schema]
        return run(words, statement)

    def sql(self, statement: str, schema: str = "mysql") -> str:
        """Runs SQL as the root user, through the socket. Returns tab-separated lines."""
        done = self._asked(statement, schema)
        if done.returncode:
            raise RuntimeError(f"{statement}: {done.stderr}")
        return done.stdout.strip()

    def as_user(
        self, user: str, password: str, schema: str, statement: str
    ) -> "subprocess.CompletedProcess[str]":
        """Runs SQL as a site's user does, over the network and TLS."""
        client = [self.kind.client, "--no-defaults", "-N", "-B", "--protocol=tcp"]
        where = [f"--host={HOST}", f"--user={user}", "--ssl-ca=/tls/ca.pem"]
        words = ["podman", "exec", "--env", f"MYSQL_PWD={password}", self.name, *client, *where]
        return run([*words, f"--database={schema}", f"--execute={statement}"])

    def hold(self, statement: str, schema: str) -> None:
        """Runs SQL as the root user in a connection that stays, until the server stops."""
        client = [self.kind.client, "--no-defaults", "-uroot", f"--socket={SOCKET}", schema]
        held = f"--execute={statement}; DO SLEEP(3600)"
        podman("exec", "--detach", self.name, *client, held)
        wait_until(lambda: "SLEEP(3600)" in self.sql("SHOW PROCESSLIST"), "it is held")

    def lock_out(self, user: str) -> None:
        """For this user alone the database is away."""
        self.sql(f"ALTER USER '{user}'@'%' ACCOUNT LOCK")
        self.end(user)

    def end(self, user: str) -> None:
        """Ends its connections."""
        threads = [line.split("\t")[:2] for line in self.sql("SHOW PROCESSLIST").splitlines()]
        for thread in (number for number, name in threads if name == user):
            self._asked(f"KILL {thread}", "mysql")

    def let_in(self, user: str) -> None:
        """After `lock_out`."""
        self.sql(f"ALTER USER '{user}'@'%' ACCOUNT UNLOCK")

    def doings(self) -> str:
        """What each connection is at, and the end of the server's log."""
        done = self._asked("SHOW FULL PROCESSLIST", "mysql")
        return f"{done.stdout}{done.stderr}\n{self._log()}"

    def launch(self) -> None:
        """Starts it after a stop and doesn't wait."""
        podman("start", self.name)

    def start(self) -> None:
        """Starts it after a stop and waits until it accepts connections."""
        self.launch()
        self._await()

    def stop(self) -> None:
        podman("stop", self.name)

    def freeze(self) -> None:
        """As a cluster that resumes: the network accepts, and nobody answers."""
        podman("pause", self.name)

    def thaw(self) -> None:
        podman("unpause", self.name, check=False)

    def remove(self) -> None:
        self.thaw()
        podman("rm", "--force", "--volumes", "--time", "0", self.name)

    @cached_property
    def hosts(self) -> list[str]:
        """Podman's options by which a container knows the server's names."""
        names = [f"{name}:{self.address}" for name in (HOST, OTHER_HOST)]
        return [word for name in names for word in ("--add-host", name)]


def quoted(text: str) -> str:
    """A string in SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
