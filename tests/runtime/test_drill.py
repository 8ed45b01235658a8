"""A backup that is tried: loaded by who reaches nothing else, looked at, thrown away."""

import hmac
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.runtime.conftest import sites
from tests.runtime.stage import shop
from tests.runtime.stage.bucket import NAME, Bucket, bucket
from tests.runtime.stage.container import Container, wait_until
from tests.runtime.stage.data import begun, ended, run
from tests.runtime.stage.database import Database
from tests.runtime.stage.site import StagedSite
from tests.runtime.stage.task import PASSWORD

BAD_DUMP = 65
SECRET = hmac.new(PASSWORD.encode(), b"drill", "sha256").hexdigest()


@dataclass
class Drilled:
    site: StagedSite
    store: Bucket
    place: str

    @property
    def user(self) -> str:
        return f"try_{self.site.schema}"

    def prepare(self) -> None:
        words = ["fleet-schema", "drill"]
        assert self.site.run("schema", words).wait() == 0

    def start(self, place: str) -> Container:
        self.prepare()
        return run(self.site, self.store, "fleet-drill", place)

    def result(self, prefix: str) -> dict[str, Any]:
        """Of the last drill below a prefix of the bucket."""
        key = self.store.keys(f"{prefix}/drills/")[-1]
        return json.loads(self.store.client.get_object(Bucket=NAME, Key=key)["Body"].read())

    def left(self) -> str:
        return self.site.database.sql(f"SHOW DATABASES LIKE '{self.user}'")


@pytest.fixture(scope="module")
def drilled(
    image: str, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drilled]:
    with (
        bucket(tmp_path_factory.mktemp("account")) as store,
        sites(image, database, tmp_path_factory.mktemp("drills")) as make,
    ):
        site = make(name="drilled")
        site.init()
        shop.filled(site)
        (site.mount / "uploads").mkdir(exist_ok=True)
        (site.mount / "uploads/one.txt").write_text("one")
        place = store.place("drilled", 1)
        ended(run(site, store, "fleet-dump", place, "--keep", "14,8,12"))
        yield Drilled(site, store, place)


def test_its_user_has_rights_on_nothing_else(drilled: Drilled) -> None:
    drilled.prepare()
    site, user = drilled.site, drilled.user
    for schema in (site.schema, f"new_{site.schema}", "mysql"):
        refused = site.database.as_user(user, SECRET, schema, "SHOW TABLES")
        assert "Access denied" in refused.stderr, schema
    assert site.database.as_user(user, SECRET, user, "SHOW TABLES").returncode == 0
    # Nor has the site on what is tried.
    password = site.task.values("init")["WORDPRESS_DB_PASSWORD"]
    assert site.database.as_user(site.schema, password, user, "SHOW TABLES").returncode


def test_a_whole_one_is_measured_and_thrown_away(drilled: Drilled) -> None:
    before = shop.state(drilled.site)
    killed = drilled.start(drilled.place)
    # At its end there are views, whose definer the drill's user is.
    begun(killed, "rows")
    killed.kill()
    # As the clock starts it: of the newest backup.
    lines = ended(drilled.start(drilled.place.rpartition("/")[0]))
    told = lines[-1]
    assert (told["step"], told["problem"], told["posts"] > shop.POSTS) == ("end", None, True)
    assert told["users"] == 1
    assert told["rows"] == sum(drilled.store.manifest(drilled.place)["database"]["rows"].values())
    assert told["files"] > 0
    assert 0 <= told["seconds"] <= told["data_age"]
    assert drilled.result("drilled")["backup"] == drilled.place.rpartition("/")[2]
    assert drilled.left() == ""
    assert shop.state(drilled.site) == before


def test_of_two_at_once_the_second_leaves_the_first_s_schema(drilled: Drilled) -> None:
    drilled.prepare()
    site, user = drilled.site, drilled.user
    words = ["mysql", "--no-defaults", "--protocol=tcp", f"--user={user}", f"--password={SECRET}"]
    held = subprocess.Popen(
        ["podman", "exec", site.database.name, *words, "--execute=SELECT SLEEP(60)"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: user in site.database.sql("SHOW PROCESSLIST"), "it is connected", 60)
        second = site.run("schema", ["fleet-schema", "drill"])
        assert second.wait() == 1
        assert f"a drill is under way in {user}" in second.output()
        assert drilled.left() == user
    finally:
        site.database.end(user)
        held.wait()


def test_a_damaged_one_is_told(drilled: Drilled) -> None:
    store, place = drilled.store, drilled.store.place("damaged", 1)
    ended(run(drilled.site, store, "fleet-dump", place, "--keep", "14,8,12"))
    for key in store.keys("damaged/objects/"):
        store.client.put_object(Bucket=NAME, Key=key, Body=b"another content")
    (*_, told) = ended(drilled.start(place), BAD_DUMP)
    assert "is not what its hash says" in told["problem"]
    assert "is not what its hash says" in drilled.result("damaged")["problem"]
    assert drilled.left() == ""


def test_one_with_fewer_rows_than_the_site_had_is_told(drilled: Drilled) -> None:
    store, place = drilled.store, drilled.store.place("fewer", 1)
    ended(run(drilled.site, store, "fleet-dump", place, "--only", "database", "--keep", "14,8,12"))
    manifest = store.manifest(place)
    manifest["database"]["rows"] |= {"wp_posts": 2 * shop.POSTS, "wp_lost": 1}
    store.write(place, "manifest.json", json.dumps(manifest).encode())
    (*_, told) = ended(drilled.start(place), BAD_DUMP)
    assert "rows, and the site had 20000 when it was dumped" in told["problem"]
    assert drilled.left() == ""
