"""What fleet-load refuses, and loads of a small site: by others' tools, again, before visitors."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.runtime.conftest import sites
from tests.runtime.stage import shop
from tests.runtime.stage.bad_dumps import (
    BAD,
    COMES_NOT,
    FILE,
    NO_SPACE,
    USAGE,
    stored,
    with_files,
    with_sql,
)
from tests.runtime.stage.bucket import NAME, Bucket
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.data import ended, progress, run
from tests.runtime.stage.database import Database
from tests.runtime.stage.odd_dump import LONG, TWICE, odd, raw_rows, raw_values, serialized
from tests.runtime.stage.podman import new_name, podman
from tests.runtime.stage.site import StagedSite, scratch


@pytest.fixture(scope="module")
def site(
    image: str, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StagedSite]:
    with sites(image, database, tmp_path_factory.mktemp("bad")) as make:
        site = make(name="bad", knobs={"FLEET_LOAD_SETTLE_SECONDS": "1"})
        site.init()
        yield site


@pytest.fixture(scope="module")
def dumped(site: StagedSite, store: Bucket) -> str:
    """Where its tables are, as they came into the world."""
    place = store.place("bad", 900)
    ended(run(site, store, "fleet-dump", place, "--only", "database"))
    return place


def test_bad_dumps_are_refused_in_words_and_nothing_changes(
    site: StagedSite, store: Bucket
) -> None:
    before = shop.state(site)
    places = [stored(store, "bad", number, BAD[name][0]()) for number, name in enumerate(BAD)]
    # All in one task: what is tried is the command, not the container.
    script = "".join(f"fleet-load {place}; echo exit=$?; " for place in places)
    container = run(site, store, "sh", "-c", f"{script} ls /tmp/ran")
    assert container.wait() != 0, "a program of the dump ran"
    found = container.output().split("\nexit=")
    for number, (name, (_, status, words)) in enumerate(BAD.items()):
        last = re.findall(r'{"step":"end".*}', found[number])[-1]
        assert json.loads(last)["problem"].count("\n") == 0
        assert words in json.loads(last)["problem"], (name, last)
        assert found[number + 1].split()[0] == str(status), (name, last)
        assert json.loads(last)["do"], name
    assert shop.state(site) == before
    assert not list(site.mount.glob("uploads/*"))


def test_words_that_are_none(site: StagedSite, store: Bucket) -> None:
    tries = ("s3://b/x", "--only x", "", "--replace a=b", f"{BAD_PLACE} x", "--tables a.b")
    script = "".join(f"fleet-load {words}; echo exit=$?; " for words in tries)
    container = run(site, store, "sh", "-c", f"{script} fleet-load undo")
    lines = ended(container, 1)
    assert container.output().count(f"exit={USAGE}") == len(tries)
    assert len([line for line in lines if line.get("problem")]) == len(tries) + 1


BAD_PLACE = "s3://bucket/bad/20261129T180000Z-0001"


def test_a_dump_of_other_servers_and_tools_becomes_a_site(
    site: StagedSite, store: Bucket, dumped: str
) -> None:
    text = store.sql(dumped)
    assert text.count("utf8mb4_unicode_520_ci") > 10
    text = text.replace("utf8mb4_unicode_520_ci", "utf8mb4_uca1400_ai_ci")
    text = text.replace("-- Dump completed", f"{odd()}-- Dump completed")
    # The tool's prefix for any, in names of tables, roles and users' settings.
    text = re.sub(r"(?<=[`'])wp_(?=\w)", "SERVMASK_PREFIX_", text).replace("\n", "\r\n")
    text = text.replace("RAW\r\n", raw_rows())
    text = re.sub(r"-- M\w+ dump", "-- All In One WP Migration SQL Dump", text)
    text = f"/*M!999999\\- enable the sandbox mode */ \r\n{text}"
    of_folder = {**with_sql(text), "folders": ["x.example/blog"]}
    # Another plugin's, or of a version that doesn't write when an order was changed.
    site.sql("CREATE TABLE wp_wc_orders (id INT)")
    ended(run(site, store, "fleet-load", stored(store, "bad", 901, of_folder)))
    rows = site.sql("SELECT id, day, HEX(RIGHT(words, 80)), size FROM wp_odd").splitlines()
    words = [bytes.fromhex(row.split("\t")[2]).decode() for row in rows[2:6]]
    assert words == [TWICE, "gr\u00fcn; INSERT INTO it", f"{site.home}/5", serialized(site.home)]
    raw = site.sql("SELECT HEX(words) FROM wp_odd WHERE id > 7 ORDER BY id").split()
    assert [bytes.fromhex(each).decode() for each in raw] == raw_values(site.home)
    # WordPress lay in a folder there.
    (digits,) = site.sql("SELECT HEX(words) FROM wp_odd WHERE id = 7").split()
    home = site.home.replace("/", "\\/")
    assert bytes.fromhex(digits).decode() == f"{home} {site.host}/blogs"
    assert site.sql("SELECT x FROM wp_line").strip() == f"{site.home}/6"
    assert "ENGINE=InnoDB" in site.sql("SHOW CREATE TABLE wp_line")
    first = f"gr\u00fcn \U0001f6d2 at {site.home}/a"
    assert rows[0].split("\t")[:2] == ["1", "0000-00-00 00:00:00"]
    assert bytes.fromhex(rows[0].split("\t")[2]).decode() == first[-80:]
    assert [int(row.split("\t")[3]) for row in rows[:2]] == [
        len(first),
        LONG + len(f" {site.home}"),
    ]
    assert site.sql("SELECT COUNT(*) FROM odd").strip() == "10"
    assert "ENGINE=InnoDB" in site.sql("SHOW CREATE TABLE wp_odd")
    roles = "SELECT meta_value FROM wp_usermeta WHERE user_id = 1 AND meta_key = 'wp_capabilities'"
    assert "administrator" in site.sql(roles)


def loaded_under_visitors(site: StagedSite, store: Bucket, *words: str) -> list[dict[str, Any]]:
    """The lines of a load, while whose exchange visitors get the pages that are kept."""
    replica, pages, dashboards = site.replica(), set[int](), set[int]()
    with site.visitor(replica) as visitor:
        assert [visitor.get("/").headers["X-Cache"] for _ in range(2)][-1] == "HIT"
        load = run(site, store, "fleet-load", *words)
        while not any(line["step"] == "end" for line in progress(load)):
            pages.add(visitor.get("/").status_code)
            dashboards.add(visitor.get("/wp-login.php").status_code)
        lines = ended(load)
        assert pages == {httpx.codes.OK}
        assert dashboards == {httpx.codes.OK, httpx.codes.SERVICE_UNAVAILABLE}

        def is_open() -> bool:
            return visitor.get("/wp-login.php").status_code == httpx.codes.OK

        wait_until(is_open, "the dashboard is back")
    replica.container.kill()
    return lines


def test_the_same_dump_is_loaded_as_often_as_it_is_asked_for(
    site: StagedSite, store: Bucket, dumped: str
) -> None:
    for begun, is_new in (("10:00", True), ("10:00", False), ("15:00", True)):
        site.sql("UPDATE wp_posts SET post_title = 'broken'")
        words = (dumped, "--begun", begun)
        lines = (
            loaded_under_visitors(site, store, *words)
            if begun == "15:00"
            else ended(run(site, store, "fleet-load", *words))
        )
        assert (lines[-1].get("note") != "this dump is loaded already") == is_new
        broken = site.sql("SELECT COUNT(*) FROM wp_posts WHERE post_title = 'broken'").strip()
        assert (broken == "0") == is_new
    # Killed in the middle of its exchange: the next load, of another dump, ends that first.
    swapping = "REPLACE INTO fleet_load VALUES ('state', '\"swapping\"')"
    site.sql(f"USE new_{site.schema}; {swapping}")
    (site.mount / "mu-plugins").mkdir(exist_ok=True)
    door = site.mount / "mu-plugins/door.php"
    # Some tools write no line's end behind the last statement.
    text = store.sql(dumped).partition("-- Dump completed")[0]
    text = re.sub(r"^-- M\w+ dump", "-- phpMyAdmin SQL dump", text, flags=re.MULTILINE)
    text += "CREATE TABLE wp_last (x INT);\nINSERT INTO wp_last VALUES (7);"
    other = stored(store, "bad", 903, with_sql(text))
    for refusal, status in (("401 Unauthorized", 0), ("404 Not Found", COMES_NOT)):
        door.write_text(DOOR.replace("REFUSAL", refusal))
        lines = ended(run(site, store, "fleet-load", other, "--begun", refusal[:3]), status)
        assert ("was killed in its middle: it ends first" in str(lines)) == (status == 0)
    # The code that is live is kept elsewhere: a file that is gone here isn't missed there.
    door.write_text("<?php\n")
    assert site.sql("SELECT x FROM wp_last").strip() == "7"
    # Options that the verbs have.
    assert "fleet restore, import and clone take --no-smoke" in lines[-1]["do"]


DOOR = """<?php
add_action( 'template_redirect', function () { header( 'HTTP/1.1 REFUSAL' ); exit( 'no' ); } );
"""
BIG = 250_000  # bytes of a file
SMALL = 3_000_000  # bytes of a task's own disk
FILL = f"head -c {2 * SMALL} /dev/zero >/tmp/much 2>/dev/null"


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def narrow(image: str, database: Database, tmp_path: Path) -> Iterator[StagedSite]:
    """A site whose files have little room."""
    with sites(image, database, tmp_path) as make:
        site = make(name="narrow", mode="uploads", knobs={"FLEET_LOAD_SETTLE_SECONDS": "1"})
        with small_disk(site.files, "1m"):
            shutil.chown(site.files, site.task.uid, site.task.uid)
            site.init()
            yield site


def test_a_full_disk_is_told_and_the_same_command_goes_on(
    site: StagedSite, narrow: StagedSite, store: Bucket
) -> None:
    task = new_name()
    podman("volume", "create", f"{task}-tmp")
    # Small ones for which the mount has no blocks, though it has the bytes.
    sizes = [BIG] * 2 + [1] * 150
    hashes = {size: hashlib.sha256(b"x" * size).hexdigest() for size in sizes}
    for size, sha in hashes.items():
        store.client.put_object(
            Bucket=NAME, Key=f"narrow/objects/{sha[:2]}/{sha}", Body=b"x" * size
        )
    said = [{"bytes": size, "sha256": hashes[size]} for size in sizes]
    files = [{**FILE, **each, "path": f"uploads/{n:03}"} for n, each in enumerate(said)]
    place, dumped = stored(store, "narrow", 1, with_files(*files)), store.place("narrow", 2)
    commands = (f"fleet-dump {dumped}", f"fleet-load {place}")
    script = "; ".join(f"{FILL}; {words}; rm /tmp/much; {words}" for words in commands)
    before = shop.state(narrow)
    with small_disk(scratch(task, "tmp"), str(SMALL)):
        lines = ended(run(narrow, store, "sh", "-c", script, task=task), NO_SPACE)
    ends = [line.get("problem") for line in lines if line["step"] == "end"]
    own = "no space is left on the task's own disk, at /tmp"
    assert ends[:3] == [own, None, own]
    assert str(ends[3]).startswith("no space is left on the site's files, at ")
    assert shop.state(narrow) == before
    assert not list(narrow.mount.glob("[!.]*"))
    assert store.manifest(dumped)["database"]["bytes"] > 0
    # Less than all of the files say that they take: what was fetched is no longer to come.
    subprocess.run(["mount", "-o", "remount,size=1924k", str(narrow.files)], check=True)
    ended(run(narrow, store, "fleet-load", place))
    assert len(list(narrow.mount.glob("[!.]*"))) == len(files)
    subprocess.run(["mount", "-o", "remount,size=20m", str(narrow.files)], check=True)
    between_storage_modes(site, narrow, store)


def between_storage_modes(content: StagedSite, uploads: StagedSite, store: Bucket) -> None:
    """From files of all kinds to a site whose code comes with its image, and back."""
    there, back = store.place("bad", 906), store.place("narrow", 3)
    plugin, picture = (content.mount / name for name in ("plugins/own/own.php", "uploads/own.jpg"))
    for file in (plugin, picture):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("<?php // Plugin Name: Own")
    content.sql("UPDATE wp_posts SET post_title = 'moved' WHERE ID = 1")
    # A damaged one keeps no later one away.
    stored(store, "bad", 905, with_files({**FILE, "path": ".fleet/current"}))
    assert "so its files are read again" in str(ended(run(content, store, "fleet-dump", there)))
    notes = str(ended(run(uploads, store, "fleet-load", there)))
    assert "files of code are left out: this site's code comes with its image" in notes
    assert [path.name for path in uploads.mount.glob("[!.]*")] == ["own.jpg"]
    title = "SELECT post_title FROM wp_posts WHERE ID = 1"
    assert uploads.sql(title).strip() == "moved"
    ended(run(uploads, store, "fleet-dump", back))
    picture.unlink()
    content.sql("UPDATE wp_posts SET post_title = '' WHERE ID = 1")
    ended(run(content, store, "fleet-load", back))
    assert (picture.exists(), content.sql(title).strip()) == (True, "moved")
    # What has no code takes none away.
    assert plugin.exists()
