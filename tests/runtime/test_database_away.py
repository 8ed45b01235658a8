"""A database that sleeps, stops, hangs, or isn't the one that it says."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from tests.runtime.conftest import running_database, sites
from tests.runtime.stage.bucket import NAME, Bucket
from tests.runtime.stage.container import Container, wait_until
from tests.runtime.stage.data import ended, run
from tests.runtime.stage.database import OTHER_HOST
from tests.runtime.stage.site import Replica, StagedSite

LIMIT = 4  # seconds; the image's own is 40, which outlasts a resume of Aurora
# No page comes out of a cache here.
KNOBS = {"FLEET_PAGE_CACHE": "off", "FLEET_DB_CONNECT_SECONDS": str(LIMIT)}


# What pages do when they are told to: one changes a table, one begins, asks the database later and
# would do with no answer, one says how long its link may stay unused.
PAGES = """<?php
add_action( 'init', function () {
	global $wpdb;
	if ( isset( $_GET['change'] ) ) {
		$thread  = $wpdb->get_var( 'SELECT CONNECTION_ID()' );
		$changed = $wpdb->query( "UPDATE $wpdb->options SET autoload = autoload LIMIT 1" );
		exit( "$thread " . ( $changed === false ? 'refused' : 'changed' ) );
	}
	if ( isset( $_GET['unused'] ) ) {
		exit( $wpdb->get_var( 'SELECT @@SESSION.wait_timeout' ) . ' seconds' );
	}
} );
add_action( 'template_redirect', function () {
	if ( isset( $_GET['hold'] ) ) {
		echo 'half a page';
		touch( '/tmp/held' );
		while ( file_exists( '/tmp/held' ) ) {
			usleep( 50000 );
			clearstatcache();
		}
		$GLOBALS['wpdb']->get_var( 'SELECT 1' );
	}
} );
"""


@pytest.fixture(scope="module")
def away(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StagedSite]:
    """An installed site with a server of its own, which tests may stop and freeze."""
    with (
        running_database(tmp_path_factory.mktemp("database")) as database,
        sites(image, database, tmp_path_factory.mktemp("away")) as make,
    ):
        site = make(name="away", knobs=KNOBS)
        site.init()
        (site.mount / "mu-plugins/pages.php").write_text(PAGES)
        yield site


@pytest.fixture
def site(away: StagedSite) -> Iterator[StagedSite]:
    """It, with no task, and with its server afterwards as it was."""
    yield away
    for container in away.containers:
        container.kill()
    away.database.thaw()
    away.database.start()


def status(site: StagedSite, replica: Replica, path: str = "/") -> int:
    with site.visitor(replica) as visitor:
        return visitor.get(path).status_code


def assert_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "waking up" in answer.text
    # Nothing for strangers: no host, no user, no error of the driver.
    assert "database" not in answer.text
    assert "wp_" not in answer.text


def waiting_dump(site: StagedSite, store: Bucket, place: str) -> Container:
    """A dump that was begun, and waits for a table that somebody holds."""
    site.database.hold("LOCK TABLES wp_users WRITE", site.schema)
    dump = run(site, store, "fleet-dump", place)
    waits = "SELECT 1 FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'"
    wait_until(lambda: site.database.sql(waits), "the dump waits")
    return dump


def test_stopped_database(site: StagedSite, store: Bucket) -> None:
    """Health stays, pages say 503 within the limit, and it recovers without a restart."""
    replica = site.started()
    assert status(site, replica) == httpx.codes.OK
    place = store.place(site.name, 1)
    dump = waiting_dump(site, store, place)
    site.database.stop()
    (*_, told) = ended(dump, 69)
    assert told["do"] == "run it again"
    with site.visitor(replica) as visitor:
        begun = time.monotonic()
        assert_unavailable(visitor.get("/"))
        # The limit itself; the rest is for a busy machine.
        assert LIMIT <= time.monotonic() - begun < LIMIT + 20
        assert replica.get("/healthz").status_code == httpx.codes.OK
        assert replica.get("/readyz").status_code == httpx.codes.SERVICE_UNAVAILABLE
        # Every worker is asked at once, and health has one of its own.
        with ThreadPoolExecutor(12) as pool:
            pages = [pool.submit(visitor.get, f"/?{number}") for number in range(12)]
            assert replica.get("/healthz").status_code == httpx.codes.OK
            for page in pages:
                assert_unavailable(page.result())
    site.database.start()
    wait_until(lambda: status(site, replica) == httpx.codes.OK, "the site is back")
    assert replica.get("/readyz").status_code == httpx.codes.OK
    # Of the dump nothing is left, and the same command makes it.
    assert store.keys(f"{site.name}/") == []
    assert "Uploads" not in store.client.list_multipart_uploads(Bucket=NAME)
    ended(run(site, store, "fleet-dump", place))
    assert store.sql(place).count("CREATE TABLE `wp_") == store.sql(place).count("DROP TABLE")


def test_database_that_takes_20_seconds(site: StagedSite) -> None:
    """With the image's own limit: Aurora resumes in 15 to 30 s."""
    replica = replace(site, knobs={}).started()
    site.database.stop()
    begun = time.monotonic()
    starter = threading.Timer(20, site.database.launch)
    starter.start()
    with site.visitor(replica) as visitor:
        assert visitor.get("/").status_code == httpx.codes.OK
    assert time.monotonic() - begun > 20
    starter.join()


def test_a_hang_that_meets_workers_with_a_past(site: StagedSite) -> None:
    """The network accepts and nobody answers, all workers are busy, and a page is in the cache: 503
    within the limit, then quickly, and health as ever."""
    knobs = {
        "FLEET_DB_CONNECT_SECONDS": "10",
        "FLEET_WORKERS": "3",
        "FLEET_PAGE_CACHE_SECONDS": "1",
    }
    replica = replace(site, knobs=knobs).started()
    with site.visitor(replica) as visitor, ThreadPoolExecutor(6) as pool:
        assert visitor.get("/").status_code == httpx.codes.OK
        # All workers at once: each has met the database, and would reuse a link that it kept.
        warm = [pool.submit(visitor.get, f"/?{number}") for number in range(12)]
        assert {page.result().status_code for page in warm} == {httpx.codes.OK}
        site.database.freeze()
        pages = [pool.submit(visitor.get, f"/?hangs={number}") for number in range(6)]
        assert replica.get("/healthz").status_code == httpx.codes.OK
        for page in pages:
            assert_unavailable(page.result())
        begun = time.monotonic()
        assert_unavailable(visitor.get("/?later"))
        # The limit is 10 s: with the database known to be away nobody waits as long.
        assert time.monotonic() - begun < 9
        assert visitor.get("/").status_code == httpx.codes.OK
        assert replica.get("/healthz").status_code == httpx.codes.OK
        site.database.thaw()
        wait_until(lambda: status(site, replica, "/?back") == httpx.codes.OK, "the site is back")


def test_a_demoted_writer_is_left(site: StagedSite) -> None:
    """As after a failover: the link leads to a server that only reads, the name to another."""
    replica = site.started(FLEET_WORKERS="1", FLEET_DB_PERSISTENT="on")
    with site.visitor(replica) as visitor:
        first, answer = visitor.get("/?change").text.split()
        assert answer == "changed"
        site.database.sql("SET GLOBAL read_only = ON")
        assert visitor.get("/?change").text.endswith("refused")
        site.database.sql("SET GLOBAL read_only = OFF")
        second, answer = visitor.get("/?change").text.split()
        assert (answer, second != first) == ("changed", True)


def test_database_lost_in_the_middle_of_a_page(site: StagedSite) -> None:
    """No half page, which the page cache would keep: 503 as for any other. A new task waits."""
    replica = replace(site, knobs={"FLEET_DB_CONNECT_SECONDS": str(LIMIT)}).started()
    held = replica.scratch("tmp/held")
    with site.visitor(replica) as visitor, ThreadPoolExecutor(1) as pool:
        page = pool.submit(visitor.get, "/?hold")
        wait_until(held.exists, "the page has begun")
        site.database.stop()
        held.unlink()
        answer = page.result()
    assert_unavailable(answer)
    assert "half a page" not in answer.text
    container = site.run("init")
    wait_until(lambda: "waiting for the database" in container.output(), "init says that it waits")
    site.database.start()
    assert container.wait() == 0, container.output()


@pytest.mark.parametrize(
    "wrong",
    [
        {"WORDPRESS_DB_HOST": f"{OTHER_HOST}:3306"},
        {"FLEET_DB_CA": "/etc/ssl/certs/ca-certificates.crt"},
    ],
    ids=["other host", "other CA"],
)
def test_server_is_verified(site: StagedSite, wrong: dict[str, str]) -> None:
    """A certificate for another name, or by a CA that isn't ours, gets no password."""
    replica = site.started(**wrong)
    with site.visitor(replica) as visitor:
        assert_unavailable(visitor.get("/"))
    wait_until(lambda: "certificate" in replica.container.output(), "the reason is logged")


def test_idle_connections_end(site: StagedSite) -> None:
    """An open connection would stop Aurora from pausing, so none outlives a minute without use."""
    replica = site.started()
    with site.visitor(replica) as visitor:
        assert visitor.get("/?unused").text == "60 seconds"
