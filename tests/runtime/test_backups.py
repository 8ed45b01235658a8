"""A site's nights: dumps when something may have changed, and which of them stay."""

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import zstandard

from fleet.names import METRICS_NAMESPACE
from tests.operations.stage.retention import DAY, FIRST, model, some_cases
from tests.runtime.conftest import sites
from tests.runtime.stage.bucket import NAME, Bucket
from tests.runtime.stage.container import Container
from tests.runtime.stage.data import ended, progress, run
from tests.runtime.stage.database import Database
from tests.runtime.stage.site import StagedSite


@pytest.fixture(scope="module")
def site(
    image: str, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StagedSite]:
    with sites(image, database, tmp_path_factory.mktemp("nights")) as make:
        found = make(name="nights")
        found.init()
        yield found


def night(
    site: StagedSite,
    store: Bucket,
    prefix: str,
    keep: str = "14,8,12",
    more: Sequence[str] = (),
    **values: str,
) -> list[Any]:
    """The lines of one night, whose backup lies below a prefix of the bucket."""
    words = ["fleet-backup", "--keep", keep, *more, f"s3://{NAME}/{prefix}"]
    container = site.run("wordpress", words, **store.environment, **values)
    assert container.wait() == 0, container.output()
    return [*metrics(container), *progress(container)]


def metrics(container: Container) -> list[Any]:
    """What CloudWatch takes out of the log, by its embedded metric format: (name, value)."""
    found: list[Any] = []
    for line in container.output().splitlines():
        if line.startswith('{"_aws"'):
            said = json.loads(line)
            (about,) = said["_aws"]["CloudWatchMetrics"]
            assert (about["Namespace"], said["BucketName"]) == (METRICS_NAMESPACE, NAME)
            assert about["Dimensions"] == [["BucketName"]]
            assert abs(said["_aws"]["Timestamp"] / 1000 - time.time()) < 600
            found += [(each["Name"], said[each["Name"]]) for each in about["Metrics"]]
    return found


def backups(store: Bucket, prefix: str) -> list[str]:
    keys = store.keys(f"{prefix}/2")
    return [f"s3://{NAME}/{key.rpartition('/')[0]}" for key in keys if key.endswith(".json")]


def aged(store: Bucket, place: str, days: int) -> None:
    """As if it had been made so many days before."""
    then = datetime.now(UTC) - timedelta(days=days)
    manifest = store.manifest(place) | {"time": f"{then:%Y-%m-%dT%H:%M:%SZ}"}
    store.write(place, "manifest.json", json.dumps(manifest).encode())


def test_a_night_dumps_what_was_used_and_leaves_a_database_that_sleeps_alone(
    site: StagedSite, store: Bucket
) -> None:
    used = site.mount / ".fleet/used"
    assert used.exists()
    for key in store.keys("first/"):  # of a first try
        store.client.delete_object(Bucket=NAME, Key=key)
    used.touch()
    (site.mount / "uploads").mkdir(exist_ok=True)
    (site.mount / "uploads/old.txt").write_text("old")
    lines = night(site, store, "first", more=["--drilled"])
    # No drill had an end that can be told of.
    assert (lines[0], lines[-1]["state"]) == (("Backups", 1), "done")
    (first,) = backups(store, "first")
    assert store.manifest(first)["keep"] == {"days": 14, "weeks": 8, "months": 12}
    assert store.keys("first/checked") == []

    long_ago = time.time() - 1_000
    os.utime(used, (long_ago, long_ago))
    drilled(store, "first", 34, None)
    drilled(store, "first", 1, "another SHA-256")
    # Were the database asked, this would end otherwise.
    here = {"WORDPRESS_DB_HOST": "nowhere.invalid"}
    backed_up, (name, days), said = night(site, store, "first", more=["--drilled"], **here)
    assert (backed_up, name, round(days)) == (("Backups", 1), "DrillAge", 34)
    assert (said["step"], said["state"]) == ("end", "skipped")
    assert backups(store, "first") == [first]
    assert store.keys("first/checked") == ["first/checked"]
    # Drilled by hand it owes no other one.
    assert night(site, store, "first", **here) == [backed_up, said]

    php = "require '/usr/src/wordpress/wp-load.php'; update_option('blogname', 'Changed');"
    # As `wp db import` does it; a name or a password is no matter here.
    for command in (["mysql", "--version"], ["php", "-r", php]):
        os.utime(used, (long_ago, long_ago))
        assert site.run("wordpress", command).wait() == 0
        assert used.stat().st_mtime > long_ago, command
    (site.mount / "uploads/old.txt").unlink()
    assert night(site, store, "first")[-1]["state"] == "done"
    assert len(backups(store, "first")) == 2


def drilled(store: Bucket, prefix: str, days: int, problem: str | None) -> None:
    then = datetime.now(UTC) - timedelta(days=days)
    body = json.dumps({"time": f"{then:%Y-%m-%dT%H:%M:%SZ}", "problem": problem})
    key = f"{prefix}/drills/{then:%Y%m%dT%H%M%SZ}.json"
    store.client.put_object(Bucket=NAME, Key=key, Body=body.encode())


def test_a_night_takes_away_what_is_over(site: StagedSite, store: Bucket) -> None:
    first, second, third, used = (store.place("second", number) for number in (1, 2, 3, 4))
    for place in (first, second, third, used):
        ended(run(site, store, "fleet-dump", place, "--keep", "1,0,0", "--no-prune"))
    aged(store, first, 3)
    aged(store, second, 2)
    aged(store, used, 2)
    since = datetime.now(UTC).isoformat()
    # Two verbs.
    for uses in ([], [used.rpartition("/")[2]]):
        note = {"archive": "20261129T180005Z-exact", "uses": uses, "since": since}
        key = f"second/begun/{len(uses)}.json"
        store.client.put_object(Bucket=NAME, Key=key, Body=json.dumps(note).encode())
    (site.mount / ".fleet/used").touch()
    assert {first, second, third} <= set(backups(store, "second"))
    assert night(site, store, "second", keep="1,0,0")[-1]["state"] == "done"
    left = backups(store, "second")
    assert {first, second}.isdisjoint(left)
    assert third in left
    # A restore is at work with it.
    assert used in left
    assert len(left) >= 2


def test_what_is_over_goes_with_the_files_that_nothing_names_any_more(
    site: StagedSite, store: Bucket
) -> None:
    """Of 400 nights, with exports between: just the model's backups stay, and what they name."""
    now = int(time.time()) + DAY
    keep = {"days": 14, "weeks": 8, "months": 12}
    nights = [*range(20), *range(20, 400, 9)]
    named = {put(store, now - night * DAY, keep=keep): now - night * DAY for night in nights}
    export = put(store, now - 90 * DAY, "aaaa", expires=now + 9 * DAY)
    put(store, now - 91 * DAY, "bbbb", expires=now - DAY)
    store.client.put_object(Bucket=NAME, Key="third/20260101T000000Z-cccc/files", Body=b"half")

    def stay(at: int) -> set[str]:
        times = model(sorted(named.values()), keep, at)
        return {export, *(id_ for id_, time in named.items() if time in times)}

    objects = store.keys("third/objects/")
    pruned(site, store, now)
    assert ids(store) == stay(now)
    # What came within two days may belong to a dump that has no manifest yet.
    assert store.keys("third/objects/") == objects
    pruned(site, store, now + 4 * DAY)
    assert ids(store) == stay(now + 4 * DAY)
    contents = (content for id_ in ids(store) for content in files(id_))
    assert store.keys("third/objects/") == sorted({object_key(each) for each in contents})


def files(id_: str) -> list[bytes]:
    """What a backup holds: files that all have, that those of its month have, and its own."""
    return [b"of all", id_[:6].encode(), id_.encode()]


def object_key(content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()
    return f"third/objects/{name[:2]}/{name}"


def put(store: Bucket, at: int, mark: str = "0000", expires: int = 0, **facts: Any) -> str:
    """A backup of that moment, or an archive that expires; its id."""
    said = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    id_ = f"{re.sub('[-:]', '', said)}-{mark}"
    listed = ""
    for content in files(id_):
        store.client.put_object(Bucket=NAME, Key=object_key(content), Body=content)
        entry = {"path": "x", "bytes": len(content), "time": 1, "sha256": object_key(content)[-64:]}
        listed += f"{json.dumps(entry)}\n"
    place = f"s3://{NAME}/third/{id_}"
    store.write(place, "files.jsonl.zst", zstandard.compress(listed.encode()))
    over = {"expires": datetime.fromtimestamp(expires, UTC).isoformat()} if expires else {}
    manifest = {"time": said, "files": {"name": "files.jsonl.zst"}, **over, **facts}
    store.write(place, "manifest.json", json.dumps(manifest).encode())
    return id_


def ids(store: Bucket) -> set[str]:
    return {key.split("/")[1] for key in store.keys("third/2")}


def pruned(site: StagedSite, store: Bucket, now: int) -> None:
    """As a night does behind its dump, at another time."""
    place = f"s3://{NAME}/third/20260101T000000Z-0000"
    values = {**store.environment, "NOW": str(now), "PLACE": place}
    container = site.run("wordpress", ["php", "-r", PRUNE], **values)
    assert container.wait() == 0, container.output()


# A function of the room's own goes before PHP's.
PRUNE = """namespace Fleet\\Data;
function time() { return (int) getenv( 'NOW' ); }
require '/usr/local/share/fleet/data/dumps.php';
is_dir( '/tmp/fleet' ) || mkdir( '/tmp/fleet' );
$place = Place::of( getenv( 'PLACE' ) );
( new Dumps( new S3( $place->bucket ), $place ) )->prune();
"""


def test_which_stay(site: StagedSite) -> None:
    """Against a rule written from docs/backups.md, over 400 nights and in 200 other fleets."""
    container = site.run("wordpress", ["php", "-r", NIGHTS])
    assert container.wait() == 0, container.output()
    kept = json.loads(container.output().splitlines()[-1])
    assert len(kept) == 400
    nights: list[int] = []
    for number, there in enumerate(kept):
        nights.append(FIRST + number * DAY)
        assert there == model(nights, {"days": 14, "weeks": 8, "months": 12}, nights[-1]), number
    assert 25 < len(kept[-1]) < 34

    cases = list(some_cases())
    container = site.run("wordpress", ["php", "-r", CASES], CASES=json.dumps(cases))
    assert container.wait() == 0, container.output()
    answers = json.loads(container.output().splitlines()[-1])
    for case, found in zip(cases, answers, strict=True):
        assert found == model(*case), case


REQUIRED = "require '/usr/local/share/fleet/data/kept.php';"
NIGHTS = f"""{REQUIRED}
for ( $number = 0; $number < 400; $number++ ) {{
  $now    = {FIRST} + $number * 86400;
  $there  = Fleet\\Data\\kept( [ ...$there ?? [], $now ],
    [ 'days' => 14, 'weeks' => 8, 'months' => 12 ], $now );
  $each[] = $there;
}}
echo json_encode( $each ), "\\n";
"""
CASES = f"""{REQUIRED}
echo json_encode( array_map( fn( $case ) => Fleet\\Data\\kept( ...$case ),
  json_decode( getenv( 'CASES' ), true ) ) ), "\\n";
"""
