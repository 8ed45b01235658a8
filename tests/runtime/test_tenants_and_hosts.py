"""Two sites on one database, and host names."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.database import OBJECTS
from tests.runtime.stage.plain_http import ask
from tests.runtime.stage.site import Replica, StagedSite
from tests.runtime.stage.task import PASSWORD

MOST_CONNECTIONS = 1000  # of a site's user, as fleet-schema grants them


def as_user(site: StagedSite, statement: str) -> "subprocess.CompletedProcess[str]":
    return site.database.as_user(site.schema, PASSWORD, site.schema, statement)


@pytest.fixture(scope="module")
def own_objects(shared_site: StagedSite) -> StagedSite:
    shared_site.init()
    return shared_site


def test_a_user_sees_its_own_schema_only(make_site: MakeSite) -> None:
    one, other = make_site(name="tenant-a"), make_site(name="tenant-b")
    one.init()
    other.init()
    # In GRANT an underscore is a wildcard: unescaped, the user of wp_tenant_a would own this too.
    lookalike = one.schema.replace("_", "x")
    one.database.sql(f"CREATE DATABASE {lookalike}")
    one.database.sql("CREATE TABLE t (a INT)", lookalike)
    seen = [
        name
        for name in as_user(one, "SHOW DATABASES").stdout.split()
        if name != "performance_schema"
    ]
    assert sorted(seen) == ["information_schema", one.schema]
    for foreign in (f"{other.schema}.wp_users", f"{lookalike}.t", "mysql.user"):
        denied = as_user(one, f"DESCRIBE {foreign}")
        assert denied.returncode != 0
        assert "denied" in denied.stderr
    assert as_user(one, "CREATE DATABASE mine").returncode != 0
    assert as_user(one, "SELECT user_login FROM wp_users").stdout == "admin\n"


def test_a_site_that_takes_all_its_connections_waits_alone(make_site: MakeSite) -> None:
    """They are the user's, so a neighbour on the same server has its own."""
    knobs = {"FLEET_PAGE_CACHE": "off"}
    one, other = (make_site(mode="uploads", knobs=knobs) for _ in range(2))
    mine, neighbour = one.replica(), other.replica()
    limit = f"SELECT max_user_connections FROM mysql.user WHERE user = '{one.schema}'"  # noqa: S608
    assert int(one.sql(limit)) == MOST_CONNECTIONS
    one.sql(f"ALTER USER '{one.schema}'@'%' WITH MAX_USER_CONNECTIONS 1")
    with ThreadPoolExecutor(2) as pool:
        held = pool.submit(as_user, one, "SELECT SLEEP(3)")
        sleeps = "SELECT 1 FROM information_schema.processlist WHERE INFO = 'SELECT SLEEP(3)'"
        wait_until(lambda: one.sql(sleeps), "its one connection is taken")
        page = pool.submit(one.visitor(mine).get, "/")
        assert other.visitor(neighbour).get("/").status_code == httpx.codes.OK
        assert page.result().status_code == httpx.codes.OK
        assert held.result().returncode == 0


@pytest.mark.parametrize(("made", "gone"), OBJECTS.values(), ids=OBJECTS)
def test_a_user_makes_what_plugins_and_dumps_bring_and_the_next_task_starts(
    own_objects: StagedSite, made: str, gone: str
) -> None:
    done = as_user(own_objects, made)
    assert done.returncode == 0, done.stderr
    # MySQL refuses CREATE USER, even with IF NOT EXISTS, of whom such an object names.
    own_objects.made_schema()
    done = as_user(own_objects, gone)
    assert done.returncode == 0, done.stderr


def test_the_account_demands_tls(make_site: MakeSite) -> None:
    site = make_site()
    site.init()
    account = site.database.sql(f"SHOW CREATE USER '{site.schema}'@'%'")
    assert "REQUIRE SSL" in account


def by_host(replica: Replica, host: str, path: str = "/", method: str = "GET") -> httpx.Response:
    return ask(f"http://{replica.address}{path}", method, headers={"Host": host})


def test_host_names_reach_the_right_site(make_site: MakeSite) -> None:
    one, other = make_site(), make_site()
    for site in (one, other):
        replica = site.replica()
        answer = by_host(replica, site.host)
        assert f"Title of {site.name}" in answer.text
        # The other site's name at this site's task: no site at all.
        stranger = other if site is one else one
        assert by_host(replica, stranger.host).text == "no site here\n"


def test_a_host_name_may_be_long(make_site: MakeSite) -> None:
    """Longer than the 46 characters that nginx takes by default, in each of its two lists."""
    host = f"{'a' * 63}.{'b' * 48}.example.com"
    site = make_site(domains=[host, f"www.{host}"])
    assert f"Title of {site.name}" in by_host(site.replica(), host).text


@pytest.fixture(scope="module")
def wildcard(shared_site: StagedSite) -> Replica:
    shared_site.init()
    name = shared_site.host
    return shared_site.started(FLEET_DOMAINS=f"{name},www.{name},*.wild.example.com")


@pytest.mark.parametrize(
    "host", ["unknown.example.com", "127.0.0.1", "", "example.com", "wild.example.com"]
)
def test_unknown_hosts_get_no_site(wildcard: Replica, host: str) -> None:
    answer = by_host(wildcard, host, "/wp-login.php")
    assert answer.status_code in (400, 404)
    assert "Title" not in answer.text
    assert by_host(wildcard, host or "10.0.0.1", "/healthz").status_code == 200


@pytest.mark.parametrize("prefix", ["www.", "any.wild.example.com"])
def test_other_names_redirect_to_the_canonical_one(
    shared_site: StagedSite, wildcard: Replica, prefix: str
) -> None:
    host = f"www.{shared_site.host}" if prefix == "www." else prefix
    answer = by_host(wildcard, host, "/a/b?c=%20d")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{shared_site.home}/a/b?c=%20d"
    # A form that was posted to the other name stays a post.
    assert by_host(wildcard, host, "/", "POST").status_code == 308
