"""A database that is well, behind a network that isn't."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.runtime.conftest import running_database, sites
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import Replica, StagedSite
from tests.runtime.stage.wire import Wire, wire

LIMIT = 4  # seconds
BUSY = 20  # seconds more, on a busy machine
LATE = 1.5  # seconds; wire.php's
KNOBS = {"FLEET_PAGE_CACHE": "off", "FLEET_DB_CONNECT_SECONDS": str(LIMIT)}


@pytest.fixture(scope="module")
def site(
    image: str, stage: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[StagedSite, Wire]]:
    with (
        running_database(tmp_path_factory.mktemp("database")) as database,
        sites(image, database, tmp_path_factory.mktemp("wire")) as make,
        wire(database) as between,
    ):
        site = make(mode="uploads", knobs=KNOBS)
        site.init()
        yield site, between


def assert_unavailable_in_time(site: StagedSite, replica: Replica) -> None:
    """503 with Retry-After within the limit, and health stays."""
    begun = time.monotonic()
    with site.visitor(replica) as visitor:
        answer = visitor.get("/")
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.headers["Retry-After"] == "30"
    assert time.monotonic() - begun < LIMIT + BUSY
    assert replica.get("/healthz").status_code == httpx.codes.OK


def test_an_answer_that_stops_half_way(site: tuple[StagedSite, Wire]) -> None:
    staged, between = site
    replica = staged.started(WORDPRESS_DB_HOST=between.host)

    def status() -> int:
        return staged.visitor(replica).get("/").status_code

    assert status() == httpx.codes.OK
    between.stops_half_way()
    assert_unavailable_in_time(staged, replica)
    between.is_whole()
    wait_until(lambda: status() == httpx.codes.OK, "the site is back")


def test_a_name_that_nobody_tells(site: tuple[StagedSite, Wire], tmp_path: Path) -> None:
    """The resolver takes the question and says nothing."""
    staged, between = site
    resolver = tmp_path / "resolv.conf"
    resolver.write_text(between.resolver)
    replica = staged.start({"/etc/resolv.conf": resolver}, WORDPRESS_DB_HOST="db.nowhere.example")
    wait_until(replica.serves, "the replica is healthy")
    assert_unavailable_in_time(staged, replica)


def test_a_name_that_is_told_late(site: tuple[StagedSite, Wire], tmp_path: Path) -> None:
    """Later than the resolver's first patience: a page takes longer, and that is all."""
    staged, between = site
    resolver, hosts = tmp_path / "resolv.conf", tmp_path / "hosts"
    resolver.write_text(between.resolver)
    hosts.write_text("127.0.0.1 localhost\n")
    replica = staged.start({"/etc/resolv.conf": resolver, "/etc/hosts": hosts})
    wait_until(replica.serves, "the replica is healthy")
    begun = time.monotonic()
    with staged.visitor(replica) as visitor:
        assert visitor.get("/").status_code == httpx.codes.OK
    assert time.monotonic() - begun > LATE
