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
from tests.runtime.stage.podman import new_name
from tests.runtime.stage.site import StagedSite, scratch
from tests.runtime.stage.task import PASSWORD

BAD_DUMP, NO_PAGE = 65, 70
SECRET = hmac.new(PASSWORD.encode(), b"drill", "sha256").hexdigest()


# What plugins do while a page is made; what came of it lies on the task's own disk.
BUSY = """<?php
add_action( 'wp_head', function () {
  get_option( 'broken' ) && there_is_no_such_function();
  file_put_contents( WP_CONTENT_DIR . '/mu-plugins/by-page.php', '<?php' );
  file_put_contents( '/tmp/came.json', json_encode( [
    'file'   => @file_put_contents( WP_CONTENT_DIR . '/uploads/by-page.txt', 'x' ),
    'upload' => ! wp_upload_bits( 'by-page.txt', null, 'x' )['error'],
    'gone'   => @unlink( WP_CONTENT_DIR . '/uploads/one.txt' ),
    'mail'   => wp_mail( 'ann@example.com', 'Hello', 'x' ),
    'own'    => mail( 'ann@example.com', 'Hello', 'x' ),
    'asked'  => ! is_wp_error( wp_remote_get( getenv( 'AWS_ENDPOINT_URL' ) ) ),
  ] ) );
} );
"""


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

    def start(self, place: str, task: str = "", **values: str) -> Container:
        """As the clock does it."""
        self.prepare()
        command = ["fleet-task", "--kind", "drill", "--wait", "60", "--", "fleet-drill", place]
        given = {**self.store.environment, **values}
        return self.site.run("wordpress", command, None, task, **given)

    def result(self, prefix: str) -> dict[str, Any]:
        """Of the last drill below a prefix of the bucket."""
        key = self.store.keys(f"{prefix}/drills/")[-1]
        return json.loads(self.store.client.get_object(Bucket=NAME, Key=key)["Body"].read())

    def files(self) -> dict[str, tuple[int, int]]:
        """When each of the site's was written, and what size it has."""
        found = {path: path.lstat() for path in self.site.files.rglob("*") if not path.is_dir()}
        return {str(path): (each.st_mtime_ns, each.st_size) for path, each in found.items()}

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
        (site.mount / "mu-plugins/busy.php").write_text(BUSY)
        place = store.place("drilled", 1)
        ended(run(site, store, "fleet-dump", place, "--keep", "14,8,12"))
        yield Drilled(site, store, place)


def test_its_user_has_rights_on_nothing_else(drilled: Drilled) -> None:
    drilled.prepare()
    site, user = drilled.site, drilled.user
    other = "wp_of_somebody_else"
    site.database.sql(f"CREATE DATABASE {other}; CREATE DATABASE old_{site.schema}")
    for schema in (site.schema, f"new_{site.schema}", f"old_{site.schema}", other, "mysql"):
        refused = site.database.as_user(user, SECRET, schema, "SHOW TABLES")
        assert "Access denied" in refused.stderr, schema
    assert site.database.as_user(user, SECRET, user, "SHOW TABLES").returncode == 0
    site.database.sql(f"DROP DATABASE {other}; DROP DATABASE old_{site.schema}")
    # Nor has the site on what is tried.
    password = site.task.values("init")["WORDPRESS_DB_PASSWORD"]
    assert site.database.as_user(site.schema, password, user, "SHOW TABLES").returncode


def test_a_whole_one_is_measured_and_thrown_away(drilled: Drilled) -> None:
    before, files, task = shop.state(drilled.site), drilled.files(), new_name()
    # From `rows` on there are views, whose definer the drill's user is.
    for step in ("load", "rows", "files", "page"):
        killed = drilled.start(drilled.place)
        begun(killed, step)
        killed.kill()
    # As the clock starts it: of the newest backup.
    lines = ended(drilled.start(drilled.place.rpartition("/")[0], task, FLEET_MAIL="log"))
    told = lines[-1]
    assert (told["step"], told["problem"], told["posts"] > shop.POSTS) == ("end", None, True)
    assert told["users"] == 1
    assert told["rows"] == sum(drilled.store.manifest(drilled.place)["database"]["rows"].values())
    assert told["files"] > 0
    assert 0 <= told["seconds"] <= told["data_age"]
    # The site's visitors have the server meanwhile.
    assert told["rested"] > 0
    assert drilled.result("drilled")["backup"] == drilled.place.rpartition("/")[2]
    assert drilled.left() == ""
    assert shop.state(drilled.site) == before
    assert not any(json.loads(scratch(task, "tmp/came.json").read_text()).values())
    assert drilled.files() == files


def test_one_of_which_no_page_comes_is_told(drilled: Drilled) -> None:
    store, place = drilled.store, drilled.store.place("broken", 1)
    drilled.site.sql("INSERT INTO wp_options VALUES (NULL, 'broken', 'yes', 'on')")
    ended(run(drilled.site, store, "fleet-dump", place, "--only", "database", "--keep", "14,8,12"))
    drilled.site.sql("DELETE FROM wp_options WHERE option_name = 'broken'")
    (*_, told) = ended(drilled.start(place), NO_PAGE)
    assert "there_is_no_such_function" in told["problem"]
    assert drilled.result("broken")["problem"] == told["problem"]
    assert drilled.left() == ""


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
