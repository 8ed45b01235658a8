"""`fleet restore` against an account on loopback."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.operations.data.portion import portion_of
from fleet.operations.data.restore import RestorePlan, plan_restore, restore_site
from fleet.operations.data.steps import BAD_DUMP
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError
from tests.engine.checkout import ROOT
from tests.operations.stage.page import LOADS, alike, shown, told
from tests.operations.stage.played import Image, playing

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
CODE, DATABASE = ["--only", "code"], ["--only", "database"]
LOST, YES = ["--only", "uploads/lost.jpg"], ["--yes-overwrite-production"]
KEEP = {"days": 14, "weeks": 8, "months": 12}


@pytest.fixture
def image(aws: boto3.Session) -> Iterator[Image]:
    with playing(aws) as image:
        image.forget()
        yield image


@pytest.fixture
def nights(image: Image) -> dict[int, str]:
    """Backups of three nights, by their age in days, and an export of this morning."""
    made = {days: backup(image, NOW - timedelta(days=days)) for days in (1, 2, 3)}
    backup(image, NOW - timedelta(hours=1), keep=None)
    return made


def backup(image: Image, moment: datetime, site: str = "blog", **more: Any) -> str:
    id_ = f"{moment:%Y%m%dT%H%M%SZ}-0000"
    said = {"time": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "keep": KEEP, **more}
    image.dump(f"s3://{image.bucket}/{site}/{id_}", **said)
    return id_


def plan(prod: Declared, image: Image, at: datetime = NOW, **more: Any) -> RestorePlan:
    more = {"overwrite_production": True, "now": NOW, **more}
    return plan_restore(prod, "blog", at, session=image.session, **more)


def test_the_newest_before_the_moment_comes_back(
    prod: Declared, image: Image, nights: dict[int, str]
) -> None:
    assert plan(prod, image).backup.id == nights[1]
    at = NOW - timedelta(days=2)
    assert plan(prod, image, at - timedelta(seconds=1)).backup.id == nights[3]
    found = plan(prod, image, at)
    assert found.backup.id == nights[2]
    assert found.backup.time == at
    assert found.seconds > 60
    assert found.usd
    restore_site(prod, found, on_step=print, session=image.session)
    assert image.commands == [["fleet-load", f"s3://{image.bucket}/blog/{nights[2]}"]]
    # Broken once more on the same day, it comes back once more.
    restore_site(prod, found, on_step=print, session=image.session)
    assert image.commands[0] == image.commands[1]
    assert len(set(image.begun)) == 2


def test_a_drill_s_own_speed_says_how_long_it_takes(
    prod: Declared, image: Image, nights: dict[int, str]
) -> None:
    s3 = image.session.client("s3")
    assumed = plan(prod, image)
    assert not assumed.measured
    said = {"backup": nights[2], "time": f"{NOW:%Y-%m-%dT%H:%M:%SZ}", "seconds": 600}
    for moment, problem in ((NOW - timedelta(days=1), None), (NOW, "rows")):
        key = f"blog/drills/{moment:%Y%m%dT%H%M%SZ}.json"
        body = json.dumps({**said, "problem": problem})
        s3.put_object(Bucket=image.bucket, Key=key, Body=body.encode())
    found = plan(prod, image)
    # Its tables are as large as those that the drill took ten minutes for.
    assert found.measured
    assert found.seconds == pytest.approx(assumed.seconds + 600, abs=1)


def test_a_part_of_it_and_as_another_site(
    prod: Declared, image: Image, nights: dict[int, str]
) -> None:
    part = plan(prod, image, only=portion_of(["database"]))
    restore_site(prod, part, on_step=print, session=image.session)
    tables = plan(prod, image, to="docs", only=portion_of(["database"]))
    restore_site(prod, tables, on_step=print, session=image.session)
    s3 = image.session.client("s3")
    copied = s3.list_objects_v2(Bucket=image.bucket, Prefix="docs/")["Contents"]
    names = {each["Key"].partition("/")[2] for each in copied}
    assert names == {f"{nights[1]}/database.sql.zst", f"{nights[1]}/manifest.json"}
    other = plan(prod, image, to="docs")
    restore_site(prod, other, on_step=print, session=image.session)
    for words in (["code"], ["uploads/2026", "uploads/2026/a.jpg"]):
        some = plan(prod, image, only=portion_of(words))
        assert some.files == {"code": 14, "uploads/2026": 9}[words[0]]
        restore_site(prod, some, on_step=print, session=image.session)
    here = f"s3://{image.bucket}"
    assert image.commands == [
        ["fleet-load", f"{here}/blog/{nights[1]}", "--only", "database"],
        ["fleet-load", f"{here}/docs/{nights[1]}", "--only", "database"],
        ["fleet-load", f"{here}/docs/{nights[1]}"],
        ["fleet-load", f"{here}/blog/{nights[1]}", "--code-only", "--overwrite-newer"],
        ["fleet-load", f"{here}/blog/{nights[1]}", "--only", "files", "--path", "uploads/2026"],
    ]


def spoil(image: Image, id_: str, name: str, body: bytes | None) -> None:
    s3, key = image.session.client("s3"), f"blog/{id_}/{name}"
    if body is None:
        s3.delete_object(Bucket=image.bucket, Key=key)
    else:
        s3.put_object(Bucket=image.bucket, Key=key, Body=body)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("database.sql.zst", None, "database.sql.zst of .* is gone"),
        ("database.sql.zst", b"half", "has 4 bytes of"),
        ("files.jsonl.zst", None, "files.jsonl.zst of .* is gone"),
        ("manifest.json", b"{", "the manifest of .* is wrong"),
        ("manifest.json", b'{"site": "docs"}', "the manifest of .* is wrong at id"),
    ],
)
def test_a_damaged_one_is_refused_and_the_next_older_one_offered(
    prod: Declared, image: Image, nights: dict[int, str], name: str, body: bytes | None, said: str
) -> None:
    spoil(image, nights[1], name, body)
    older = r"the next older backup, of 2026-11-27 12:00:00Z, is whole$"
    with pytest.raises(OperationError, match=rf"{said}.*; {older}"):
        plan(prod, image)
    assert plan(prod, image, NOW - timedelta(days=2)).backup.id == nights[2]


def test_one_that_the_load_finds_bad_is_followed_by_the_next_older_one(
    prod: Declared, image: Image, nights: dict[int, str]
) -> None:
    newer = {"step": "end", "state": "failed", "problem": "it is of WordPress 7.2"}
    image.lines, image.status = [newer], BAD_DUMP
    older = "the next older backup, of 2026-11-27 12:00:00Z, is whole"
    with pytest.raises(OperationError, match=rf"WordPress 7\.2; {older}$"):
        restore_site(prod, plan(prod, image), on_step=print, session=image.session)
    # As it is of any part, and of the oldest there is none.
    spoil(image, nights[2], "files.jsonl.zst", b"half")
    for part, offered in (("files", "2026-11-26 12:00:00Z"), ("database", "2026-11-27 12:00:00Z")):
        found = plan(prod, image, only=portion_of([part]))
        with pytest.raises(OperationError, match=f"of {offered}, is whole$"):
            restore_site(prod, found, on_step=print, session=image.session)
    oldest = plan(prod, image, NOW - timedelta(days=3))
    with pytest.raises(OperationError, match=r"WordPress 7\.2; there is no older backup$"):
        restore_site(prod, oldest, on_step=print, session=image.session)
    image.status = 69  # S3 is away: no other backup would help
    with pytest.raises(OperationError, match=r"WordPress 7\.2$"):
        restore_site(prod, oldest, on_step=print, session=image.session)


@pytest.mark.parametrize("found", ["before", "by the load"])
def test_the_offered_command_is_the_whole_call(
    project: Path,
    image: Image,
    nights: dict[int, str],
    monkeypatch: pytest.MonkeyPatch,
    found: str,
) -> None:
    if found == "before":
        spoil(image, nights[1], "database.sql.zst", b"half")
    else:
        image.lines = [{"step": "end", "state": "failed", "problem": "it is of WordPress 7.2"}]
        image.status = BAD_DUMP
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setattr(boto3, "Session", lambda **_: image.session)
    rest = ["blog", "--only", "database", "--as", "docs", *YES[:1], "--yes", "--no-smoke"]
    called = ["restore", "--env", "prod", "--at", "2026-11-29 12:00Z", *rest]
    done = CliRunner().invoke(app, called)
    assert done.exit_code == 1, done.output
    offered = shlex.split(done.stderr.strip().rpartition("is whole: ")[2])
    called[called.index("2026-11-29 12:00Z")] = "2026-11-27 12:00:00Z"
    assert sorted(offered) == sorted(["fleet", *called])
    image.status = 0
    assert CliRunner().invoke(app, offered[1:]).exit_code == 0
    assert nights[2] in image.commands[-1][1]


def test_another_site_s_is_refused(prod: Declared, image: Image, nights: dict[int, str]) -> None:
    id_ = backup(image, NOW - timedelta(hours=2), site="docs")
    s3, key = image.session.client("s3"), f"{id_}/manifest.json"
    body = s3.get_object(Bucket=image.bucket, Key=f"docs/{key}")["Body"].read()
    spoil(image, id_, "manifest.json", body)
    with pytest.raises(OperationError, match=r"is a backup of docs, not of blog; the next older"):
        plan(prod, image)


def test_one_that_was_never_finished_is_none(
    prod: Declared, image: Image, nights: dict[int, str]
) -> None:
    spoil(image, f"{NOW - timedelta(hours=3):%Y%m%dT%H%M%SZ}-0000", "database.sql.zst", b"x")
    assert plan(prod, image).backup.id == nights[1]


def test_moments_that_no_backup_has(prod: Declared, image: Image) -> None:
    with pytest.raises(OperationError, match="is yet to come; it is 2026-11-29 12:00 UTC"):
        plan(prod, image, NOW + timedelta(minutes=1))
    with pytest.raises(OperationError, match="blog has no backup; fleet backup --env prod blog"):
        plan(prod, image)
    backup(image, NOW - timedelta(days=3))
    with pytest.raises(OperationError, match="before the oldest backup of blog, of 2026-11-26"):
        plan(prod, image, NOW - timedelta(days=4))


@pytest.mark.usefixtures("image", "nights")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["blog", "--at", "2026-11-20 14:00"], "which says no zone"),
        (["blog", "--at", "last friday"], "which is no time"),
        (["blog", "--at", "2026-11-20 14:00Z"], "--yes-overwrite-production"),
        (["blog", "--at", "2026-11-29 14:00Z", "--only", "databse"], "allowed is database, files"),
        (["blog", "--at", "2026-11-29 14:00Z", "--only", "uploads/../x"], "allowed is database"),
        (["blog", "--at", "2026-11-29 14:00Z", "--only", "plugins/shop"], "wp fleet code revert"),
        (["blog", "--at", "2026-11-29 14:00Z", *CODE, *DATABASE], "name one of database, files"),
        (["blog", "--at", "2026-11-29 14:00Z", *LOST, *YES], "has no uploads/lost.jpg"),
        (["archive", "--at", "2026-11-20 14:00Z"], "fleet resume archive"),
        (["blog", "--at", "2026-11-20 14:00Z", "--as", "dcos"], 'did you mean "docs"?'),
    ],
)
def test_what_is_wrong_is_a_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "500")
    done = CliRunner().invoke(app, ["restore", *words, "--env", "prod"])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1), done.output
    assert said in done.stderr


def test_it_says_what_is_lost_and_asks(
    project: Path, image: Image, nights: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "80")
    words = ["restore", "--env", "prod", "blog", "--at", "2026-11-28 12:00Z"]
    words += ["--yes-overwrite-production"]
    done = CliRunner().invoke(app, words, input="n\n")
    assert done.exit_code == 0, done.output
    for text in (nights[1], "lost   what blog was told after it", "takes  about", "Replace what"):
        assert text in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert image.commands == []
    done = CliRunner().invoke(app, [*words, "--json"])
    assert "add --yes to go ahead" in done.stderr


TABLES = [step for step in LOADS if step not in ("space", "files")]
CODE_ALONE = [step for step in LOADS if step not in ("load", "fix", "upgrade")]


@pytest.mark.parametrize(
    ("beginning", "steps"),
    [("--at", LOADS), ("--as look", TABLES), ("--only code", CODE_ALONE)],
)
def test_it_prints_what_the_page_shows(
    project: Path,
    image: Image,
    monkeypatch: pytest.MonkeyPatch,
    beginning: str,
    steps: list[str],
) -> None:
    page = (ROOT / "docs/backups.md").read_text()
    backup(image, datetime(2026, 11, 20, 3, 12, tzinfo=UTC))
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(boto3, "Session", lambda **_: image.session)
    image.says = {"fleet-load": told(*steps)}
    command, names = f"fleet restore --env prod shop {beginning}", {"shop": "blog", "look": "docs"}
    words, lines = shown(page, command, names)
    done = CliRunner().invoke(app, [*words, "--no-smoke"], input="y\n")
    assert done.exit_code == 0, done.output
    assert image.commands[-1][-1] == "--no-smoke"
    # That backup is older by the day.
    here = [re.sub(r"N days", "N", alike(line)) for line in done.stdout.splitlines()]
    assert here == lines
