"""Two fleets of one site each, side by side, and what befalls one of them.

The first writes on a small disk and has MariaDB. Each test leaves it live; the last takes it away.
"""

import gzip
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ephemeral_port_reserve
import pytest

from simulator.local.databases import KINDS
from simulator.local.room import LEAST_BYTES, MEBIBYTE
from tests.engine.checkout import ROOT
from tests.local.checkout import LocalCheckout
from tests.local.sites import one
from tests.runtime.stage.image import fleet_image, stand_in
from tests.runtime.stage.podman import podman

MARIADB = KINDS["mariadb"][0]
ILL_IMAGE = "localhost/fleet-stage/never-healthy:1"
BLOG = one("blog", title="The small one", database={})
DISK_BYTES = 4 * LEAST_BYTES


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCheckout]:
    """On a disk of its own, which is small."""
    if not podman("images", "--quiet", MARIADB):
        podman("tag", stand_in("mariadb"), MARIADB)
    checkout = _checkout(tmp_path_factory.mktemp("small"), BLOG)
    checkout.configure(**{"local:database": "mariadb", "wordpress-fleet:sharedDatabase": None})
    disk = checkout.place.local
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    try:
        yield checkout
    finally:
        checkout.clear()
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCheckout]:
    checkout = _checkout(tmp_path_factory.mktemp("other"), one("blog", title="The other one"))
    try:
        yield checkout
    finally:
        checkout.clear()


def _checkout(folder: Path, blog: dict[str, Any]) -> LocalCheckout:
    port = ephemeral_port_reserve.reserve("127.0.0.1")
    checkout = LocalCheckout.at(folder / "checkout", port)
    checkout.write_sites({"blog": blog})
    return checkout


def test_neighbours_do_not_meet(small: LocalCheckout, other: LocalCheckout) -> None:
    """Brought up at the same time, with a site of the same name; one is stopped and cleaned up."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda each: each.well("up", "--skip-preview"), (small, other)))
    assert "<title>The small one" in small.get("blog").text
    assert "<title>The other one" in other.get("blog").text
    running = small.tasks("blog")
    assert not running & other.tasks("blog")
    assert other.well("stop") == "Stopped; fleet up starts it again.\n"
    assert not other.is_listening()
    subprocess.run(["make", "-f", ROOT / "Makefile", "clean"], cwd=other.folder, check=True)
    assert not other.place.local.exists()
    assert other.leftovers() == []
    assert "<title>The small one" in small.get("blog").text
    assert small.tasks("blog") == running


def test_a_version_that_never_gets_healthy_is_rolled_back(
    small: LocalCheckout, tmp_path: Path
) -> None:
    (tmp_path / "Containerfile").write_text(f'FROM {fleet_image()}\nCMD ["sleep", "infinity"]\n')
    podman("build", "--tag", ILL_IMAGE, str(tmp_path))
    before = small.serving("blog")
    small.write_sites({"blog": {**BLOG, "image": ILL_IMAGE, "health": {"grace": 0}}})
    with small.visited("blog") as wrong:
        done = small.fleet("up", "--skip-preview")
    assert done.returncode == 1
    told = " ".join((done.stdout + done.stderr).split())
    assert "circuit breaker" in told
    assert wrong == []
    assert small.serving("blog") == before
    assert "Task failed ELB health checks" in " ".join(small.well("status").split())
    small.write_sites({"blog": BLOG})
    small.well("up", "--skip-preview")


def test_a_full_disk_is_told_and_nothing_is_lost(small: LocalCheckout) -> None:
    before = small.serving("blog")
    told = f"is full (0 MB are free, {LEAST_BYTES // MEBIBYTE} are needed)"
    with _filled(small.place.local):
        done = small.fleet("up", "--skip-preview")
        assert done.returncode == 1
        assert told in " ".join(done.stderr.split())
        assert told in " ".join(small.well("status").split())
        # Nobody takes its place as long as there is no room for it.
        small.kill("-wordpress")
    small.until(lambda: small.serving("blog") - before, "another task takes its place")
    small.until(lambda: "<title>The small one" in small.get("blog").text, "the site answers")
    assert told not in " ".join(small.well("status").split())


@contextmanager
def _filled(disk: Path) -> Iterator[None]:
    """Meanwhile there is no byte of room."""
    room, filling = os.statvfs(disk), disk / "filling"
    with filling.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize)
    try:
        yield
    finally:
        filling.unlink()


def test_a_database_that_ends_is_told_and_comes_again(small: LocalCheckout) -> None:
    tasks = small.tasks("blog")
    small.kill("-db-")
    told = "ended with status 137 (killed) and was started again"
    small.until(lambda: told in " ".join(small.well("status").split()), "the status tells")
    small.until(lambda: small.get("blog", "/wp-login.php").is_success, "the site answers again")
    assert small.tasks("blog") == tasks


def test_an_engine_that_goes_comes_back(small: LocalCheckout) -> None:
    """Podman's service, which the agent starts anew; what runs doesn't hear of it."""
    before = small.serving("blog")
    small.kill_engine()
    assert "<title>The small one" in small.get("blog").text
    small.kill("-wordpress")
    small.until(lambda: small.serving("blog") - before, "another task takes its place")


def test_a_moment_of_the_past_is_refused_in_words(small: LocalCheckout) -> None:
    done = small.fleet("restore", "blog", "--exact", "--at", "2026-11-20 14:00Z", "--yes")
    assert done.returncode == 1
    assert "keeps no past to go back to" in " ".join(done.stderr.split())


def test_a_site_that_leaves_has_its_database_dumped(small: LocalCheckout) -> None:
    """By the agent, which goes on."""
    small.write_sites({"later": one("later", database={}, state="paused")})
    small.well("up", "--skip-preview")
    dumps = small.place.local / "snapshots"
    small.until(lambda: [*dumps.glob("*.sql.gz")], "its database is dumped")
    (dump,) = dumps.glob("*.sql.gz")
    assert b"The small one" in gzip.decompress(dump.read_bytes())
    small.until(lambda: not small.states("-db-"), "its server is gone")
