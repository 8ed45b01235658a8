"""The two sides of the image's benchmark: the fleet's image and a stock WordPress, on one database.

Both run as processes in mount namespaces on the stage of tests/runtime, with the same core, theme,
posts, and number of PHP workers.
"""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from ephemeral_port_reserve import reserve

from components.task import DOCUMENT_ROOT, SCRATCH
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import Container, Setup, wait_until
from tests.runtime.stage.file_calls import file_calls
from tests.runtime.stage.image import DATABASE_HOST
from tests.runtime.stage.site import StagedSite
from tests.runtime.stage.task import PASSWORD

STOCK = Path(__file__).parent / "stock"
STOCK_SCHEMA = "stock"
POSTS = Path(__file__).parent / "posts.php"
WARM_UP = 30  # requests, enough that each worker has compiled and cached what it needs
WORKERS = 4
SLOW_LIBRARY = "/var/www/slow_mount.so"


@dataclass
class Side:
    """One WordPress that serves."""

    name: str
    container: Container
    port: int
    home: str
    mount: str
    """The path of the shared mount in the container."""
    seconds_to_healthy: float

    def visitor(self) -> Visitor:
        return Visitor(self.home, self.port)

    def log_in_cookies(self) -> str:
        """The Cookie header of a logged-in administrator."""
        with self.visitor() as visitor:
            assert visitor.log_in().status_code == httpx.codes.FOUND
            return "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies.jar)

    def _workers(self) -> list[psutil.Process]:
        processes = psutil.Process(self.container.pid).children(recursive=True)
        return [p for p in processes if "php-fpm: pool www" in " ".join(p.cmdline())]

    def worker_memory(self) -> float:
        """MiB a PHP worker holds for itself, the mean over the workers."""
        own = [worker.memory_full_info().uss for worker in self._workers()]
        return sum(own) / len(own) / 2**20

    def worker_seconds(self) -> float:
        """CPU time that the PHP workers have used."""
        times = [worker.cpu_times() for worker in self._workers()]
        return sum(time.user + time.system for time in times)

    def file_calls(self, trace: Path) -> int:
        """File calls on the mount for one warm uncached page without media."""
        with self.visitor() as visitor:
            headers = {"Cookie": "wp-postpass_x=x"}
            for _ in range(WARM_UP):
                assert visitor.get("/", headers=headers).status_code == httpx.codes.OK
            calls = file_calls(
                self.container, self.mount, trace, lambda: visitor.get("/", headers=headers)
            )
        return len(calls)


def fill(site: StagedSite) -> None:
    """Gives an installed site its posts."""
    script = "/var/www/posts.php"
    container, _ = site.run("wordpress", ["php", script], files={script: POSTS})
    assert container.wait() == 0, container.output()


def _healthy(port: int, path: str) -> Callable[[], bool]:
    def check() -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=60)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    return check


@dataclass(frozen=True)
class Latency:
    """Makes file calls on a mount as slow as a network file system's."""

    microseconds: int
    library: Path | None = None

    @staticmethod
    def compiled(microseconds: int, folder: Path) -> "Latency":
        library = folder / "slow_mount.so"
        source = Path(__file__).parent / "slow_mount.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        return Latency(microseconds, library)

    def files(self) -> dict[str, Path]:
        return {SLOW_LIBRARY: self.library} if self.library else {}

    def environment(self, mount: str) -> dict[str, str]:
        if not self.library:
            return {}
        return {
            "LD_PRELOAD": SLOW_LIBRARY,
            "SLOW_MOUNT": mount,
            "SLOW_MICROSECONDS": str(self.microseconds),
        }


@contextmanager
def fleet_side(
    site: StagedSite, mount: str, latency: Latency, *, jit: bool = False
) -> Iterator[Side]:
    environment = {"FLEET_WORKERS": str(WORKERS), "FLEET_PHP_JIT": "on" if jit else "off"}
    begun = time.monotonic()
    replica = site.start(latency.files(), **environment, **latency.environment(mount))
    wait_until(_healthy(replica.port, "/healthz"), "the fleet's image is healthy")
    seconds = time.monotonic() - begun
    if site.fields["storage"]["mode"] == "content":
        wait_until(replica.mirror_is_complete, "the mirror is complete")
    name = f"fleet, {site.name}, JIT" if jit else f"fleet, {site.name}"
    yield Side(name, replica.container, replica.port, site.home, mount, seconds)
    replica.container.kill()


@contextmanager
def stock_side(site: StagedSite, folder: Path, latency: Latency) -> Iterator[Side]:
    """Core, plugins and themes on the mount, as the official image has them."""
    image, database = site.image, site.database
    html, tmp, port = folder / "html", folder / "tmp", reserve()
    shutil.copytree(image.root / "usr/src/wordpress", html, symlinks=True)
    (html / "wp-content/uploads").unlink()
    shutil.copy(STOCK / "wp-config.php", html)
    (tmp / "php.d").mkdir(parents=True)
    shutil.copy(STOCK / "php.ini", tmp / "php.d")
    pool = (STOCK / "php-fpm.conf").read_text().replace("WORKERS", str(WORKERS))
    (tmp / "php-fpm.conf").write_text(pool)
    (tmp / "nginx.conf").write_text((STOCK / "nginx.conf").read_text().replace("PORT", str(port)))
    keys = site.task.setup(
        "wordpress", image, {}, dict.fromkeys(site.task.volumes("wordpress"), tmp)
    )
    begun = time.monotonic()
    container = Setup(
        image=image,
        command=["sh", "-c", "php-fpm -F -y /tmp/php-fpm.conf & exec nginx -c /tmp/nginx.conf"],
        environment={
            **{k: v for k, v in keys.environment.items() if k.endswith(("_KEY", "_SALT"))},
            "WORDPRESS_DB_HOST": f"{DATABASE_HOST}:{database.port}",
            "WORDPRESS_DB_NAME": STOCK_SCHEMA,
            "WORDPRESS_DB_USER": STOCK_SCHEMA,
            "WORDPRESS_DB_PASSWORD": PASSWORD,
            "PHP_INI_SCAN_DIR": ":/tmp/php.d",
            **latency.environment(DOCUMENT_ROOT),
        },
        mounts={DOCUMENT_ROOT: html, SCRATCH["tmp"]: tmp, **latency.files()},
    ).start(folder / "stock.log")
    wait_until(_healthy(port, "/wp-includes/images/blank.gif"), "the stock image answers")
    seconds = time.monotonic() - begun
    yield Side("stock", container, port, site.home, DOCUMENT_ROOT, seconds)
    container.kill()


def copy_schema(site: StagedSite) -> None:
    """The same posts for the stock side, whose user needs no TLS: the official image has none."""
    password = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
    database = site.database
    database.sql(f"CREATE DATABASE {STOCK_SCHEMA}")
    socket = f"--socket={database.socket}"
    dump = subprocess.run(
        ["mariadb-dump", "--no-defaults", "-uroot", socket, site.schema],
        capture_output=True,
        text=True,
        check=True,
    )
    database.sql(dump.stdout, STOCK_SCHEMA)
    database.sql(
        f"CREATE USER {STOCK_SCHEMA}@'%' IDENTIFIED BY '{password}';"
        f"GRANT ALL ON {STOCK_SCHEMA}.* TO {STOCK_SCHEMA}@'%'"
    )
