"""A MariaDB that speaks TLS under a certificate of our own, on loopback."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import trustme
from ephemeral_port_reserve import reserve

from tests.runtime.stage.container import PATIENCE, wait_until
from tests.runtime.stage.image import DATABASE_HOST
from tests.runtime.stage.task import MASTER_PASSWORD

MASTER = ("master", MASTER_PASSWORD)


class MariaDB:
    """Start it, stop it, freeze it; its data stay in `folder`."""

    def __init__(self, folder: Path, *, require_tls: bool = True) -> None:
        self.require_tls = require_tls
        self.folder = folder
        self.port = reserve()
        self.ca = folder / "ca.pem"
        self.socket = folder / "mariadb.sock"
        self._process: subprocess.Popen[bytes] | None = None
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca)
        # The containers, which are nobody here, read the CA.
        folder.chmod(0o755)
        self._certify(authority.issue_cert(DATABASE_HOST))
        self._install()

    def _certify(self, certificate: trustme.LeafCert) -> None:
        certificate.private_key_pem.write_to_path(self.folder / "key.pem")
        for number, blob in enumerate(certificate.cert_chain_pems):
            blob.write_to_path(self.folder / "cert.pem", append=number > 0)

    def _install(self) -> None:
        # mariadbd refuses to run as root unless told a user, and then drops to it.
        if os.geteuid() == 0:
            shutil.chown(self.folder, "mysql")
            for path in self.folder.iterdir():
                shutil.chown(path, "mysql")
        done = subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                *self._own(),
            ],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"mariadb-install-db failed:\n{done.stderr}{done.stdout}")
        self.start()
        name, password = MASTER
        quoted = password.replace("\\", "\\\\").replace("'", "\\'")
        # What RDS gives its master user, as far as it matters here.
        self.sql(
            f"CREATE USER '{name}'@'%' IDENTIFIED BY '{quoted}';"
            f"GRANT ALL ON *.* TO '{name}'@'%' WITH GRANT OPTION;"
        )

    def _own(self) -> list[str]:
        """What keeps it apart from other servers on this machine."""
        return [
            f"--datadir={self.folder / 'data'}",
            # Not /tmp: a server that starts deletes every temporary table that it finds there,
            # and the server whose table it was fails or crashes.
            f"--tmpdir={self.folder}",
            *(["--user=mysql"] if os.geteuid() == 0 else []),
        ]

    def start(self) -> None:
        """Starts it and waits until it accepts connections."""
        self.launch()
        wait_until(self._accepts, "MariaDB accepts connections")

    def launch(self) -> None:
        """Starts it and doesn't wait."""
        self._process = subprocess.Popen(
            [
                "mariadbd",
                "--no-defaults",
                f"--socket={self.socket}",
                f"--pid-file={self.folder / 'pid'}",
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                f"--ssl-ca={self.ca}",
                f"--ssl-cert={self.folder / 'cert.pem'}",
                f"--ssl-key={self.folder / 'key.pem'}",
                f"--require-secure-transport={'ON' if self.require_tls else 'OFF'}",
                # Speed of a scratch database, not durability.
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=128M",
                *self._own(),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "error.log").open("ab"),
        )

    def _accepts(self) -> bool:
        assert self._process
        if self._process.poll() is not None:
            raise RuntimeError((self.folder / "error.log").read_text()[-2000:])
        try:
            self.sql("SELECT 1")
        except subprocess.CalledProcessError:
            return False
        return True

    def sql(self, statement: str, schema: str = "mysql") -> str:
        """Runs SQL as the root user, through the socket. Returns tab-separated lines."""
        done = subprocess.run(
            ["mariadb", "--no-defaults", "-uroot", f"--socket={self.socket}", "-N", "-B", schema],
            input=statement,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        return done.stdout.strip()

    def doings(self) -> str:
        """What each connection is at, and the end of the server's log."""
        try:
            connections = self.sql("SHOW FULL PROCESSLIST")
        except (subprocess.SubprocessError, OSError) as error:
            connections = f"no answer: {error}"
        return f"{connections}\n{(self.folder / 'error.log').read_text()[-2000:]}"

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            self._process.wait(PATIENCE)

    def freeze(self) -> None:
        """As a cluster that resumes: the network accepts, and nobody answers."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)
