"""The two sides of the image's benchmark: the fleet's image and a stock WordPress, on one database.

Both run in containers on the stage of tests/runtime, with the same programs, core, theme, posts,
and number of PHP workers.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from components.task import CODE, DOCUMENT_ROOT, SCRATCH, SITE_CONTENT
from simulator.local.access_point import mounted
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import Container, start, wait_until
from tests.runtime.stage.database import HOST, SOCKET, Database, quoted
from tests.runtime.stage.file_calls import file_calls
from tests.runtime.stage.image import CORE, bases
from tests.runtime.stage.plain_http import ask
from tests.runtime.stage.podman import limits, podman
from tests.runtime.stage.site import StagedSite
from tests.runtime.stage.task import PASSWORD

STOCK = Path(__file__).parent / "stock"
STOCK_SCHEMA = "stock"
POSTS = Path(__file__).parent / "posts.php"
WARM_UP = 30  # requests, enough that each worker has compiled and cached what it needs
WORKERS = 4
PORT = 8080
WWW_DATA = 33


@dataclass
class Side:
    """One WordPress that serves."""

    name: str
    container: Container
    home: str
    mount: str
    """The path of the shared mount in the container."""
    seconds_to_healthy: float

    @property
    def address(self) -> str:
        return f"{self.container.address}:{PORT}"

    def visitor(self) -> Visitor:
        return Visitor(self.home, self.address)

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

    def warm_up(self, path: str, headers: Mapping[str, str]) -> None:
        """A page from each worker: the first of a worker may take longer than a turn of load."""
        with self.visitor() as visitor:
            for _ in range(WORKERS):
                assert visitor.get(path, headers=headers).status_code == httpx.codes.OK

    def file_calls(self, trace: Path) -> int:
        """File calls on the mount for one warm uncached page without media."""
        with self.visitor() as visitor:
            headers = {"Cookie": "wp-postpass_x=x"}
            for _ in range(WARM_UP):
                assert visitor.get("/", headers=headers).status_code == httpx.codes.OK
            calls = file_calls(
                self.container,
                [self.mount, SITE_CONTENT],
                trace,
                lambda: visitor.get("/", headers=headers),
                CODE.values(),
            )
        return len(calls)


def fill(site: StagedSite) -> None:
    """Gives an installed site its posts."""
    script = "/var/www/posts.php"
    container = site.run("wordpress", ["php", script], files={script: POSTS})
    assert container.wait() == 0, container.output()


def _await(container: Container, path: str) -> None:
    def answers() -> bool:
        try:
            answer = ask(f"http://{container.address}:{PORT}{path}")
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    wait_until(answers, f"{path} is answered")


@contextmanager
def shown(folder: Path, uid: int, microseconds: int) -> Iterator[Path]:
    """The folder on local disk, or as an access point whose calls take so much longer."""
    if not microseconds:
        subprocess.run(["chmod", "-R", "a+rwX", str(folder)], check=True)
        yield folder
        return
    place = folder.with_name(f"{folder.name}-slow")
    point = mounted(folder, place, uid, microseconds)
    try:
        yield place
    finally:
        point.close()
        place.rmdir()


@contextmanager
def fleet_side(
    site: StagedSite, path: str, latency: int, more: str = "", **knobs: str
) -> Iterator[Side]:
    """The image under the site's task definition; `path` is its mount, `latency` microseconds.

    `more` says in the side's name what `knobs`, environment values, make of it.
    """
    environment = {"FLEET_WORKERS": str(WORKERS), **knobs}
    with shown(site.files, site.task.uid, latency) as mount:
        begun = time.monotonic()
        replica = site.start({}, mount=mount, **environment)
        _await(replica.container, "/healthz")
        seconds = time.monotonic() - begun
        yield Side(f"fleet, {site.name}{more}", replica.container, site.home, path, seconds)
        replica.container.kill()


def _stock_files(site: StagedSite, html: Path, tmp: Path) -> None:
    """Core, plugins and themes as on the official image's volume, and its settings.

    Core is the base image's: the fleet's asks the fleet's own files.
    """
    html.mkdir(parents=True)
    copy = ["--user", "0:0", "--entrypoint", "cp", "--volume", f"{html}:/out"]
    base = f"docker.io/library/{bases({})[-1]}"
    podman("run", "--rm", *limits(), *copy, base, "-a", f"{CORE}/.", "/out")
    shutil.copy(STOCK / "wp-config.php", html)
    (tmp / "php.d").mkdir(parents=True)
    tmp.chmod(0o777)
    shutil.copy(STOCK / "php.ini", tmp / "php.d")
    pool = (STOCK / "php-fpm.conf").read_text().replace("WORKERS", str(WORKERS))
    (tmp / "php-fpm.conf").write_text(pool)
    (tmp / "nginx.conf").write_text((STOCK / "nginx.conf").read_text().replace("PORT", str(PORT)))


@contextmanager
def stock_side(site: StagedSite, folder: Path, latency: int) -> Iterator[Side]:
    """A stock WordPress with all of its code on the mount, as the official image has it."""
    html, tmp = folder / "html", folder / "tmp"
    _stock_files(site, html, tmp)
    keys = {k: v for k, v in site.task.values("wordpress").items() if k.endswith(("_KEY", "_SALT"))}
    values = {
        **keys,
        "WORDPRESS_DB_HOST": f"{HOST}:3306",
        "WORDPRESS_DB_NAME": STOCK_SCHEMA,
        "WORDPRESS_DB_USER": STOCK_SCHEMA,
        "WORDPRESS_DB_PASSWORD": PASSWORD,
        "PHP_INI_SCAN_DIR": ":/tmp/php.d",
    }
    with shown(html, WWW_DATA, latency) as mount:
        options = [
            *("--cpus", str(int(site.task.cpu) / 1024), *site.database.hosts),
            *("--volume", f"{mount}:{DOCUMENT_ROOT}", "--volume", f"{tmp}:{SCRATCH['tmp']}"),
            *(word for pair in values.items() for word in ("--env", "=".join(pair))),
        ]
        servers = "php-fpm -F -y /tmp/php-fpm.conf & exec nginx -c /tmp/nginx.conf"
        begun = time.monotonic()
        container = start(site.image, options, ["sh", "-c", servers], folder / "stock.log")
        _await(container, "/wp-includes/images/blank.gif")
        seconds = time.monotonic() - begun
        side = Side("stock", container, site.home, DOCUMENT_ROOT, seconds)
        # nginx may be there before PHP is.
        with side.visitor() as visitor:
            wait_until(
                lambda: visitor.get("/wp-login.php").status_code == httpx.codes.OK, "PHP answers"
            )
        yield side
        container.kill()


def copy_schema(site: StagedSite, database: Database) -> None:
    """The same posts for the stock side, whose user needs no TLS: the official image has none."""
    database.sql(f"CREATE DATABASE {STOCK_SCHEMA}")
    root = f"--no-defaults -uroot --socket={SOCKET}"
    options = "--no-tablespaces --set-gtid-purged=OFF"
    copy = f"mysqldump {root} {options} {site.schema} | mysql {root} {STOCK_SCHEMA}"
    podman("exec", database.name, "bash", "-c", f"set -o pipefail; {copy}")
    database.sql(
        f"CREATE USER {STOCK_SCHEMA}@'%' IDENTIFIED BY {quoted(PASSWORD)};"
        f"GRANT ALL ON {STOCK_SCHEMA}.* TO {STOCK_SCHEMA}@'%'"
    )
