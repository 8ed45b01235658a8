"""A database that sleeps, stops, hangs, or isn't the one that it says."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.bucket import NAME, Bucket
from tests.runtime.stage.container import Container, wait_until
from tests.runtime.stage.data import ended, run
from tests.runtime.stage.database import OTHER_HOST, Database
from tests.runtime.stage.site import Replica, StagedSite

LIMIT = 4  # seconds; the image's own is 40, which outlasts a resume of Aurora
# No page comes out of a cache here.
KNOBS = {"FLEET_PAGE_CACHE": "off", "FLEET_DB_CONNECT_SECONDS": str(LIMIT)}


@pytest.fixture
def site(make_site: MakeSite, own_database: Database) -> StagedSite:
    return make_site(database=own_database, knobs=KNOBS)


@pytest.fixture
def frozen(own_database: Database) -> Iterator[Database]:
    yield own_database
    own_database.thaw()


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
    replica = site.replica()
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


def test_database_that_takes_20_seconds(make_site: MakeSite, own_database: Database) -> None:
    """With the image's own limit: Aurora resumes in 15 to 30 s."""
    site = make_site(database=own_database)
    replica = site.replica()
    own_database.stop()
    begun = time.monotonic()
    starter = threading.Timer(20, own_database.launch)
    starter.start()
    with site.visitor(replica) as visitor:
        assert visitor.get("/").status_code == httpx.codes.OK
    assert time.monotonic() - begun > 20
    starter.join()


def test_a_hang_that_meets_workers_with_a_past(make_site: MakeSite, own_database: Database) -> None:
    """All workers busy, and a page in the cache: 503 within the limit, then quickly."""
    site = make_site(
        database=own_database,
        knobs={
            "FLEET_DB_CONNECT_SECONDS": "10",
            "FLEET_WORKERS": "3",
            "FLEET_PAGE_CACHE_SECONDS": "1",
        },
    )
    replica = site.replica()
    with site.visitor(replica) as visitor, ThreadPoolExecutor(6) as pool:
        assert visitor.get("/").status_code == httpx.codes.OK
        # All workers at once: each has met the database, and would reuse a link that it kept.
        warm = [pool.submit(visitor.get, f"/?{number}") for number in range(12)]
        assert {page.result().status_code for page in warm} == {httpx.codes.OK}
        own_database.freeze()
        try:
            pages = [pool.submit(visitor.get, f"/?hangs={number}") for number in range(6)]
            for page in pages:
                assert_unavailable(page.result())
            begun = time.monotonic()
            assert_unavailable(visitor.get("/?later"))
            # The limit is 10 s: with the database known to be away nobody waits as long.
            assert time.monotonic() - begun < 9
            assert visitor.get("/").status_code == httpx.codes.OK
            assert replica.get("/healthz").status_code == httpx.codes.OK
        finally:
            own_database.thaw()
        wait_until(lambda: status(site, replica, "/?back") == httpx.codes.OK, "the site is back")


WRITE = """<?php
add_action( 'init', function () {
	if ( isset( $_GET['change'] ) ) {
		global $wpdb;
		$thread  = $wpdb->get_var( 'SELECT CONNECTION_ID()' );
		$changed = $wpdb->query( "UPDATE $wpdb->options SET autoload = autoload LIMIT 1" );
		exit( "$thread " . ( $changed === false ? 'refused' : 'changed' ) );
	}
} );
"""


def test_a_demoted_writer_is_left(make_site: MakeSite, own_database: Database) -> None:
    """As after a failover: the link leads to a server that only reads, the name to another."""
    site = make_site(
        database=own_database, knobs={**KNOBS, "FLEET_WORKERS": "1", "FLEET_DB_PERSISTENT": "on"}
    )
    (site.mount / "mu-plugins").mkdir()
    (site.mount / "mu-plugins/write.php").write_text(WRITE)
    replica = site.replica()
    with site.visitor(replica) as visitor:
        first, answer = visitor.get("/?change").text.split()
        assert answer == "changed"
        own_database.sql("SET GLOBAL read_only = ON")
        assert visitor.get("/?change").text.endswith("refused")
        own_database.sql("SET GLOBAL read_only = OFF")
        second, answer = visitor.get("/?change").text.split()
        assert (answer, second != first) == ("changed", True)


def test_database_that_hangs(site: StagedSite, frozen: Database) -> None:
    """The network accepts and nobody answers: neither the page nor the health check hangs."""
    replica = site.replica()
    assert status(site, replica) == httpx.codes.OK
    frozen.freeze()
    with site.visitor(replica) as visitor:
        assert_unavailable(visitor.get("/"))
        assert replica.get("/healthz").status_code == httpx.codes.OK
    frozen.thaw()
    wait_until(lambda: status(site, replica) == httpx.codes.OK, "the site is back")


# A page that has begun, asks the database when told to, and would do with no answer.
HOLD = """<?php
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


def test_database_lost_in_the_middle_of_a_page(make_site: MakeSite, own_database: Database) -> None:
    """No half page, which the page cache would keep: 503 as for any other."""
    site = make_site(database=own_database, knobs={"FLEET_DB_CONNECT_SECONDS": str(LIMIT)})
    site.init()
    (site.mount / "mu-plugins/hold.php").write_text(HOLD)
    replica = site.started()
    held = replica.scratch("tmp/held")
    with site.visitor(replica) as visitor, ThreadPoolExecutor(1) as pool:
        page = pool.submit(visitor.get, "/?hold")
        wait_until(held.exists, "the page has begun")
        own_database.stop()
        held.unlink()
        answer = page.result()
    assert_unavailable(answer)
    assert "half a page" not in answer.text


def test_init_waits_for_the_database(site: StagedSite) -> None:
    site.made_schema()
    site.database.stop()
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
def test_server_is_verified(make_site: MakeSite, wrong: dict[str, str]) -> None:
    """A certificate for another name, or by a CA that isn't ours, gets no password."""
    site = make_site(knobs=KNOBS)
    site.init()
    replica = site.started(**wrong)
    with site.visitor(replica) as visitor:
        assert_unavailable(visitor.get("/"))
    wait_until(lambda: "certificate" in replica.container.output(), "the reason is logged")


def test_idle_connections_end(site: StagedSite) -> None:
    """An open connection would stop Aurora from pausing, so none outlives a minute without use."""
    site.init()
    (site.mount / "mu-plugins/show.php").write_text(
        "<?php echo $GLOBALS['wpdb']->get_var( 'SELECT @@SESSION.wait_timeout' ), ' seconds';"
    )
    replica = site.started()
    wait_until(
        lambda: "60 seconds" in site.visitor(replica).get("/").text, "the session's own time-out"
    )
