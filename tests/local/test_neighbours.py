"""Two fleets of one site each, side by side, and what befalls one of them.

The first writes on a small disk and has MariaDB. The last two tests give it a version that never
gets healthy, and take it away.
"""

import gzip
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ephemeral_port_reserve
import pytest

from fleet.operations.simulation import missing, start
from simulator.local.databases import KINDS
from simulator.local.engine import SWITCH
from simulator.local.place import Place
from simulator.local.room import LEAST_BYTES, MEBIBYTE
from tests.engine.checkout import ROOT
from tests.local.checkout import LocalCheckout
from tests.local.console import cluster, engine_at, make_cluster
from tests.local.sites import one
from tests.operations.stage.cells import environment
from tests.runtime.stage.image import fleet_image, stand_in
from tests.runtime.stage.podman import podman

MARIADB = KINDS["mariadb"][0]
ILL_IMAGE = "localhost/fleet-stage/never-healthy:1"
BLOG = one("blog", title="The small one", database={})
CHANGED = "changed"
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
    with narrow(disk, DISK_BYTES):
        try:
            yield checkout
        finally:
            checkout.clear()


@contextmanager
def narrow(folder: Path, size: int = MEBIBYTE) -> Iterator[None]:
    """Meanwhile the folder is a disk of its own, of so many bytes."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    subprocess.run(words, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCheckout]:
    """Whose image is another."""
    checkout = _checkout(tmp_path_factory.mktemp("other"), one("blog", title="The other one"))
    container = checkout.folder / "container"
    container.unlink()
    shutil.copytree(ROOT / "container", container)
    with (container / "Dockerfile").open("a") as file:
        file.write(f"LABEL {CHANGED}=yes\n")
    try:
        yield checkout
    finally:
        checkout.clear()


def _checkout(folder: Path, blog: dict[str, Any]) -> LocalCheckout:
    port = ephemeral_port_reserve.reserve("127.0.0.1")
    checkout = LocalCheckout.at(folder / "checkout", port)
    checkout.write_sites({"blog": blog})
    return checkout


def _make(checkout: LocalCheckout, target: str) -> str:
    """What `make TARGET` prints. The tools are there."""
    words = ["make", "-f", str(ROOT / "Makefile"), "--assume-old", "tools", target]
    given = environment(None, {SWITCH: ""})
    done = subprocess.run(
        words, cwd=checkout.folder, env=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_neighbours_do_not_meet(small: LocalCheckout, other: LocalCheckout) -> None:
    """Brought up at the same time, with a site of the same name; one is stopped and cleaned up."""
    with ThreadPoolExecutor() as pool:
        made = pool.submit(_make, other, "up")
        small.well("up", "--skip-preview")
        assert f"{other.address('blog')} " in made.result()
    ((image, _),) = other.made_of("blog")
    shown = f"{{{{.Config.Labels.{CHANGED}}}}}"
    assert podman("image", "inspect", "--format", shown, image) == "yes"
    assert (image, 1024) not in small.made_of("blog")
    assert "<title>The small one" in small.get("blog").text
    assert "<title>The other one" in other.get("blog").text
    running = small.tasks("blog")
    assert not running & other.tasks("blog")
    assert other.well("stop") == "Stopped; fleet up starts it again.\n"
    assert not other.is_listening()
    _make(other, "clean")
    assert not other.place.local.exists()
    assert other.leftovers() == []
    assert "<title>The small one" in small.get("blog").text
    assert small.tasks("blog") == running


def test_another_checkout_does_not_take_the_port(small: LocalCheckout, tmp_path: Path) -> None:
    other = LocalCheckout.at(tmp_path / "other", small.place.port)
    done = other.fleet("up", "--skip-preview")
    assert done.returncode == 1
    told = " ".join(done.stderr.split())
    assert f"port {small.place.port} is held by the fleet in {small.folder}: set another" in told
    assert other.well("stop") == "Nothing runs.\n"
    assert other.leftovers() == []
    other.clear()
    # Of a folder as deep as this one is, too: its engine's socket stands elsewhere.
    assert not other.place.running.exists()
    deep = Place(tmp_path / ("a" * 100))
    assert len(str(deep.socket)) < 100
    deep.socket.parent.rmdir()
    assert "<title>The small one" in small.get("blog").text


def test_an_engine_that_is_down_is_told_at_once(small: LocalCheckout, tmp_path: Path) -> None:
    (tmp_path / "podman").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "podman").chmod(0o755)
    other = LocalCheckout.at(tmp_path / "other", 1)
    done = other.fleet("up", "--skip-preview", path=tmp_path)
    assert done.returncode == 1
    assert "`podman system service` doesn't answer" in " ".join(done.stderr.split())
    other.clear()
    # And none at all: everything is entries in a file, as one line says.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(other.folder))
        assert "apt-get install podman" in (missing(other.folder) or "")
        start(other.folder, print)
    assert other.processes() == []


def test_a_full_disk_is_told_and_nothing_is_lost(small: LocalCheckout, tmp_path: Path) -> None:
    before = small.serving("blog")
    told = f"is full (0 MB are free, {LEAST_BYTES // MEBIBYTE} are needed)"
    with _filled(small.place.local):
        done = small.fleet("up", "--skip-preview")
        assert done.returncode == 1
        assert told in " ".join(done.stderr.split())
        assert told in " ".join(small.well("status").split())
        assert told in " ".join(small.fleet("destroy", "--yes").stderr.split())
        # What runs goes on.
        assert "<title>The small one" in small.get("blog").text
    # The engine's disk, too. Nobody takes its place as long as there is no room for it.
    with narrow(tmp_path), engine_at(small, tmp_path):
        small.kill("-wordpress")
        assert f"the disk of {tmp_path} is full" in " ".join(small.well("status").split())
        assert small.serving("blog") == before
    small.until(lambda: small.serving("blog") - before, "another task takes its place")
    assert "<title>The small one" in small.get("blog").text
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
    small.until(lambda: told in small.log(), "the agent starts it again")
    assert told in " ".join(small.well("status").split())
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


def test_a_site_that_leaves_has_its_database_dumped(small: LocalCheckout) -> None:
    """By the agent, which goes on; a cluster that is made under its identifier begins empty."""
    dumps, left = small.place.local / "snapshots", cluster(small)
    volume = f"-db-{left.key}.{left.props['clusterResourceId']}"
    dumps.touch()  # Where the folder is to be: no dump can be made.
    small.write_sites({"later": one("later", database={}, state="paused")})
    small.well("up", "--skip-preview")
    make_cluster(small, left, "cluster-AGAIN")
    small.until(lambda: small.states(f"-db-{left.key}.") == {"running"}, "a server takes its place")
    assert [one for one in small.leftovers() if one.endswith(volume)]
    dumps.unlink()
    small.until(lambda: [*dumps.glob("*.sql.gz")], "its database is dumped")
    (dump,) = dumps.glob("*.sql.gz")
    assert b"The small one" in gzip.decompress(dump.read_bytes())
    small.until(lambda: not [one for one in small.leftovers() if volume in one], "all of it goes")
    assert small.states(f"-db-{left.key}.cluster-AGAIN") == {"running"}
    # Which ends on a full disk, too; its data is where it was.
    with _filled(small.place.local):
        assert small.well("stop") == "Stopped; fleet up starts it again.\n"
        kept = [one for one in small.leftovers() if "-db-" not in one]
        assert [one for one in kept if not one.startswith("tmpfs ")] == []
