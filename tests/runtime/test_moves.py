"""A site's data out of it and into another: fleet-dump and fleet-load."""

import re
from collections.abc import Iterator

import pytest

from tests.runtime.stage import copy, people, shop
from tests.runtime.stage.bucket import Bucket
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.data import begun, ended, killed_at, media, run
from tests.runtime.stage.database import Database
from tests.runtime.stage.moved import Moved, broken_off, mentions, shop_and_copy
from tests.runtime.stage.site import StagedSite

CHANGED = {"wp_options", "wp_posts", "wp_users"}
URLS = "SELECT option_value FROM wp_options WHERE option_name = 'shop_urls'"


@pytest.fixture(scope="module")
def moved(
    image: str, database: Database, store: Bucket, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Moved]:
    with shop_and_copy(image, database, store, tmp_path_factory.mktemp("moves")) as moved:
        yield moved


def test_a_shop_moves_to_other_hosts_and_back_by_undo(moved: Moved, store: Bucket) -> None:
    source, target = moved.source, moved.target
    target.sql("CREATE TABLE wp_wc_orders (id INT PRIMARY KEY, date_updated_gmt DATETIME)")
    before, again = shop.state(target), store.place("copy", 2)
    load = run(target, store, "fleet-load", moved.place)
    begun(load, "load")
    # Meanwhile an order comes in, and somebody wants a dump.
    target.sql("INSERT INTO wp_wc_orders VALUES (9, UTC_TIMESTAMP())")
    dump = run(target, store, "fleet-dump", again, "--only", "database")
    lines = ended(load)
    assert lines[-1]["step"] == "end"
    (newer,) = [line["note"] for line in lines if "newer here" in line.get("note", "")]
    assert "order 9" in newer
    ended(dump)
    waited = r"data: waiting up to 300 s for task \S+, `fleet-load (\S+)`, since 20"
    assert re.findall(waited, dump.output()) == [moved.place]
    there, here = shop.state(source), shop.state(target)
    changed = {name for name in there if there[name] != here.get(name)}
    # The administrator's address is the site's.
    assert changed == CHANGED
    works_as_there(source, target)
    assert "ENGINE=InnoDB" in target.sql("SHOW CREATE TABLE wp_log")
    found = shop.read(target)
    assert found["bad"] == []
    assert found["shop"]["deep"]["url"] == f"{target.home}/shop"
    assert found["shop"]["json"]["at"] == f"{target.home}/a b"
    assert (target.mount / "uploads/2026/a b'ü.jpg").read_bytes() == b"\xff\xd8 a picture"
    assert not (target.mount / "uploads/2026/out.jpg").exists()
    assert (target.mount / "uploads/log.txt").read_text().startswith("line\n")
    assert mentions(store.sql(again), source.host) == {f"orders@{source.host}"}
    assert f"http://{target.host}" not in store.sql(again)
    here = shop.state(target)
    ended(run(target, store, "fleet-load", "undo"))
    target.sql("DELETE FROM wp_wc_orders WHERE id = 9")
    assert shop.state(target) == before
    assert not (target.mount / "uploads/2026").exists()
    ended(run(target, store, "fleet-load", "undo"))
    assert shop.state(target) == here


def works_as_there(source: StagedSite, target: StagedSite) -> None:
    """Row by row but for the addresses, and with what stands beside the tables."""
    secure = (f"http://{source.host}", target.home)
    pairs = (secure, (source.home, target.home), (source.host, target.host))
    assert shop.rows(target) != shop.rows(source)
    assert shop.rows(target).splitlines()[0] == shop.rows(source, *pairs).strip()
    target.sql("INSERT INTO wp_wc_orders (id, status, total) VALUES (10, 'new', 0)")
    assert target.sql("SELECT note FROM wp_wc_orders WHERE id = 10").strip() == "by trigger"
    assert target.sql("CALL total_of(7)").strip() == "12.50000000"


STEPS = ("load", "fix", "upgrade", "files", "maintenance", "purge", "smoke", "open")
MARKS = ("name <> 'done-tables'", "name <> 'done-files-put'")
BACK = ("name <> 'back-tables'", "name <> 'back-files'", "(name, value) <> ('state', '\"undone\"')")


def test_killed_at_each_step_it_goes_on_and_the_old_site_is_there_until_the_swap(
    moved: Moved, store: Bucket
) -> None:
    target = moved.target
    before, pictures = shop.state(target), media(target)
    place = store.place("shop", 3)
    dump = run(moved.source, store, "fleet-dump", place)
    begun(dump, "database")
    dump.kill()
    # Without a manifest it is none, and the same command makes it.
    assert f"shop/{place.rsplit('/', 1)[-1]}/manifest.json" not in store.keys("shop/")
    ended(run(moved.source, store, "fleet-dump", place))
    for step in STEPS:
        load = run(target, store, "fleet-load", place)
        begun(load, step)
        load.kill()
        if step in STEPS[: STEPS.index("purge")]:
            assert (shop.state(target), media(target)) == (before, pictures), step
        if step == "maintenance":
            broken_off(target, store, MARKS, place)
    lines = ended(run(target, store, "fleet-load", "resume"))
    assert lines[-1]["state"] == "done"
    (again,) = ended(run(target, store, "fleet-load", place))
    assert again["note"] == "this dump is loaded already"
    here, there = shop.state(target), shop.state(moved.source)
    assert {name for name in here if here[name] != there[name]} <= CHANGED
    broken_off(target, store, BACK, "undo")
    ended(run(target, store, "fleet-load", "resume"))
    assert (shop.state(target), media(target)) == (before, pictures)


def test_of_people_an_anonymised_copy_has_nothing(moved: Moved, store: Bucket) -> None:
    source, target = moved.source, moved.target
    own = target.mount / "fleet-personal.json"
    own.write_text('{\n  "empty": ["log"],\n  "rules": [{"table": "x", "delte": true}]\n}')
    words = ("--only", "database", "--anonymise")
    (*_, last) = ended(run(target, store, "fleet-load", moved.place, *words), 65)
    assert last["problem"] == (
        "fleet-personal.json:3:37: nothing is called `delte` here (did you mean `delete`?)"
    )
    own.unlink()
    # The dump brings its own, which is another.
    killed_at("anonymise", target, store, "fleet-load", moved.place, "--anonymise")
    again = store.place("copy", 4)
    ended(run(target, store, "fleet-dump", again, "--only", "database"))
    text = store.sql(again)
    assert [each for each in people.PERSONAL if each.lower() in text.lower()] == []
    assert "fleet_people" not in text
    # Serialized values keep their lengths, which mail addresses of another would change.
    assert shop.read(target)["bad"] == []
    count = "SELECT COUNT(*) FROM wp_posts WHERE post_type IN ('product', 'shop_order', 'page')"
    assert target.sql(count) == source.sql(count)
    orders = "SELECT id, status, total FROM wp_wc_orders"
    assert target.sql(orders) == source.sql(orders)
    # One customer is the same in all tables.
    same = """SELECT COUNT(DISTINCT mail) FROM (
      SELECT user_email mail FROM wp_users WHERE ID = 50
      UNION SELECT billing_email FROM wp_wc_orders WHERE id = 7
      UNION SELECT email FROM wp_wc_customer_lookup
      UNION SELECT meta_value FROM wp_postmeta WHERE meta_key = '_billing_email') all_of_hers"""
    assert target.sql(same).strip() == "1"
    administrator = "SELECT user_login, user_email, user_pass FROM wp_users WHERE ID = 1"
    assert target.sql(administrator) == source.sql(administrator)
    assert target.sql("SELECT user_pass FROM wp_users WHERE ID = 50").strip() == "!"
    assert "A public word" in text
    assert "info@x.example is ours" in text
    copy.is_no_shop(target)


def test_a_lost_connection_in_the_middle_of_a_load_is_told_and_the_same_command_goes_on(
    moved: Moved, store: Bucket
) -> None:
    target = moved.target
    before = shop.state(target)
    load = run(target, store, "fleet-load", moved.place, "--keep-addresses")
    # The client that writes tables into the schema beside the live one.
    find = "SELECT id FROM information_schema.processlist WHERE db = "
    found: list[str] = []

    def writes() -> bool:
        found[:] = target.sql(f"{find}'new_{target.schema}' AND command = 'Query'").split()
        return bool(found)

    wait_until(writes, "the load writes", 60)
    target.sql(f"KILL {found[0]}")
    (*_, last) = ended(load, 69)
    assert "run it again" in last["do"]
    # The statement that was at work has people's data, which are for no log.
    assert "INSERT INTO" not in load.output()
    assert shop.state(target) == before
    ended(run(target, store, "fleet-load", moved.place, "--keep-addresses"))
    # As for a site that gets the names, too.
    assert moved.source.home in target.sql(URLS)
    # Byte for byte, emoji and serialized values with them.
    assert shop.rows(target) == shop.rows(moved.source)
    assert shop.state(target)["wp_users"] == shop.state(moved.source)["wp_users"]


def test_code_alone_leaves_tables_and_uploads(moved: Moved, store: Bucket) -> None:
    source, target = moved.source, moved.target
    before = shop.state(target)
    own = target.mount / "uploads/own.txt"
    own.parent.mkdir(exist_ok=True)
    own.write_text("ours")
    for site, version in ((source, "1.9"), (target, "1.10")):
        plugin = site.mount / "plugins/demo/demo.php"
        plugin.parent.mkdir(parents=True)
        plugin.write_text(f"<?php\n/*\n * Plugin Name: Demo\n * Version: {version}\n */\n")
    code = store.place("shop", 5)
    ended(run(source, store, "fleet-dump", code, "--only", "files", "--without-uploads"))
    assert store.manifest(code)["uploads"] is False
    assert b"uploads/" not in store.unpacked(code, "files.jsonl.zst")
    words = ("fleet-load", code, "--code-only")
    (*_, first) = ended(run(target, store, *words), 65)
    assert first["problem"] == "newer here than what comes: plugins/demo is 1.10, and there 1.9"
    lines = killed_at("swap", target, store, *words, "--overwrite-newer")
    assert lines[-1]["state"] == "done"
    assert "load" not in {line["step"] for line in lines}
    here = shop.state(target)
    # The front page that is looked at in the end makes what a first visit makes.
    assert {name for name in before if before[name] != here[name]} <= CHANGED
    assert own.read_text() == "ours"
    ended(run(target, store, "fleet-load", "undo"))
    assert own.read_text() == "ours"


def test_one_folder_comes_back_and_all_else_stays(moved: Moved, store: Bucket) -> None:
    source, target = moved.source, moved.target
    uploads = target.mount / "uploads"
    for path in ("2026/lost.txt", "2025/own.txt"):
        (uploads / path).parent.mkdir(parents=True, exist_ok=True)
        (uploads / path).write_text("ours")
    (uploads / "2026/a b'ü.jpg").unlink(missing_ok=True)
    before, pictures = shop.state(target), media(target)
    words = ["--only", "files", "--path", "uploads/2026"]
    ended(run(target, store, "fleet-load", moved.place, *words))
    folder = {name: content for name, content in media(source).items() if name.startswith("2026/")}
    assert set(folder) == {"2026/a b'ü.jpg"}
    others = {name: content for name, content in pictures.items() if name[:5] != "2026/"}
    assert media(target) == others | folder
    here = shop.state(target)
    assert {name for name in before if before[name] != here[name]} <= CHANGED
    ended(run(target, store, "fleet-load", "undo"))
    assert media(target) == pictures
    (*_, told) = ended(run(target, store, "fleet-load", moved.place, "--path", "uploads/x"), 65)
    assert told["problem"] == "the dump has no uploads/x"


def test_chosen_tables_come_and_all_others_stay(moved: Moved, store: Bucket) -> None:
    target = moved.target
    ended(run(target, store, "fleet-load", moved.place))
    target.sql("CREATE TABLE wp_own (id INT PRIMARY KEY); UPDATE wp_log SET line = 'ours'")
    target.sql("DELETE FROM wp_posts WHERE post_type = 'shop_order'")
    target.sql("UPDATE wp_posts SET post_modified_gmt = '2100-01-01' WHERE ID = 1")
    before = shop.state(target)
    # The last is a site's own rule, which came with the load.
    people = ("users", "wc_ord*", "comment*", "quiz_answers")
    tries = (*people, "nothing*", "posts,log")
    script = "".join(f"fleet-load {moved.place} --tables {names}; " for names in tries)
    lines = ended(run(target, store, "sh", "-c", script), 65)
    ends = [line for line in lines if line["step"] == "end"]
    said = ("has no table wp_nothing*", "newer here than")
    for end, words in zip(ends, (*[": people or orders"] * len(people), *said), strict=True):
        assert words in end["problem"]
    assert "wc_order_items, wc_orders," in ends[1]["problem"]
    # Nothing of these was loaded before.
    steps = [line["step"] for line in lines[: lines.index(ends[len(people) - 1])]]
    assert set(steps) == {"check", "end"}
    assert "post 1" in ends[-1]["problem"]
    told = ("posts,log,usermeta", "--overwrite-newer", "--with-personal-data")
    killed_at("choose", target, store, "fleet-load", moved.place, "--tables", *told)
    here, there = shop.state(target), shop.state(moved.source)
    assert {name for name in here if here[name] != before.get(name)} <= {
        *("wp_posts", "wp_log", "wp_usermeta")
    }
    assert here["wp_log"] == there["wp_log"]
    posts = "SELECT COUNT(*) FROM wp_posts WHERE post_type IN ('product', 'shop_order')"
    assert target.sql(posts) == moved.source.sql(posts)
    ended(run(target, store, "fleet-load", "undo"))
    assert shop.state(target) == before
    # Orders that are posts come with those.
    (*_, last) = ended(run(moved.source, store, "fleet-load", moved.place, "--tables", "posts"), 64)
    assert "wp_posts holds orders here" in last["problem"]


def test_of_a_wiped_site_nothing_is_left(moved: Moved, store: Bucket) -> None:
    target = moved.target
    (last,) = ended(run(target, store, "fleet-wipe", moved.source.name), 64)
    assert "this is copy" in last["problem"]
    # What undo needs goes with the first load behind its seven days, whatever becomes of that.
    beside = "SHOW DATABASES WHERE `Database` IN"
    names = f"('new_{target.schema}', 'old_{target.schema}')"
    assert len(target.sql(f"{beside} {names}").split()) == 2
    over = "REPLACE INTO fleet_load VALUES ('until', '\"2026-01-01T00:00:00Z\"')"
    target.sql(f"USE new_{target.schema}; {over}")
    ended(run(target, store, "fleet-load", store.place("copy", 99)), 65)
    assert target.sql(f"{beside} {names}") == ""
    assert [path.name for path in (target.mount / ".fleet").glob("old*")] == []
    # A site that goes has no tasks; one that serves would keep its notes.
    for container in target.containers:
        container.kill()
    killed_at("tables", target, store, "fleet-wipe", "copy")
    left = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema"
    assert target.sql(f"{left} LIKE '%{target.schema}'") == ""
    assert [path for path in target.mount.rglob("*") if path.is_file()] == []
