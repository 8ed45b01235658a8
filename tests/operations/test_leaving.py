"""`fleet move`, `rename`, `push` and `leave` against an account on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.cli.screen import OUT
from fleet.cli.views.leaving import print_begun, print_left, print_moved, print_purged
from fleet.names import archive_bucket_name
from fleet.operations.data.archive import store_of
from fleet.operations.data.leaving import Purged, check_export, export_leaving, purge_site
from fleet.operations.data.move import archive_at, move_site
from fleet.operations.data.push import push_code, push_tables
from fleet.operations.declared import Declared, read_declared
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.sites_file.edits import retire_site
from tests.operations.stage.played import FILES, SQL, Image, playing, sha256, unpacked
from tests.operations.stage.project import REGION, SETTINGS

ID = "20261129T180500Z-9c1f04ab"
SQL_NAME = "database.sql.gz"
NOW = datetime(2026, 11, 29, 18, tzinfo=UTC)


@pytest.fixture
def image(aws: boto3.Session) -> Iterator[Image]:
    with playing(aws) as image:
        yield image


def keys(image: Image, prefix: str) -> set[str]:
    pages = image.session.client("s3").get_paginator("list_object_versions")
    return {
        each.get("Key", "")
        for page in pages.paginate(Bucket=image.bucket, Prefix=prefix)
        for each in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
    }


def test_a_client_leaves_with_an_export_and_then_nothing_is_left(
    prod: Declared, project: Path, image: Image, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    kept = store_of(prod, "docs", image.session).archive("docs", ID)
    image.dump(kept.url)
    _, after = export_leaving(
        *(prod, "blog", str(out)), on_step=print, days=30, session=image.session, now=NOW
    )
    assert after == NOW + timedelta(days=30)
    assert unpacked(out / "database.sql.gz") == SQL
    with pytest.raises(OperationError, match="blog is live, so visitors may want it"):
        purge_site(prod, "blog", on_step=print, session=image.session, now=after)
    retire_site(project / "sites.yaml", "blog", "prod")
    retired = read_declared(Target(folder=project, environment="prod"))
    with pytest.raises(OperationError, match="stays until 2026-12-29 18:00 UTC"):
        purge_site(retired, "blog", on_step=print, session=image.session, now=NOW)
    assert image.commands[-1][0] == "fleet-dump"
    before = keys(image, "blog/")
    purged = purge_site(retired, "blog", on_step=print, session=image.session, now=after)
    assert image.commands[-1] == ["fleet-wipe", "blog"]
    assert before
    assert keys(image, "blog/") == set()
    assert kept.manifest().site == "docs"
    assert any("fleet up --env prod" in line for line in purged.remains)
    with pytest.raises(OperationError, match="nothing of it is left"):
        purge_site(retired, "blog", on_step=print, session=image.session, now=after)


def test_an_export_that_is_not_whole_lets_nobody_leave(
    prod: Declared, image: Image, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done, _ = export_leaving(prod, "blog", str(out), on_step=print, session=image.session)
    picture, sql = out / "wp-content/copy", out / "database.sql.gz"
    picture.write_bytes(b"b picture")
    with pytest.raises(OperationError, match="copy is not what the site has"):
        check_export(str(out), done.archive)
    picture.write_bytes(FILES["copy"])
    sql.write_bytes(sql.read_bytes()[:-12])
    with pytest.raises(OperationError, match=r"database.sql.gz ends early"):
        check_export(str(out), done.archive)


def test_an_export_in_s3_is_read_again_too(prod: Declared, image: Image) -> None:
    s3, to = image.session.client("s3"), "s3://exports-of-clients/blog"
    s3.create_bucket(Bucket="exports-of-clients")
    done, _ = export_leaving(prod, "blog", to, on_step=print, session=image.session)
    for name, words in (("wp-content/copy", "not what the site has"), (SQL_NAME, "ends early")):
        where = {"Bucket": "exports-of-clients", "Key": f"blog/{name}"}
        whole = s3.get_object(**where)["Body"].read()
        s3.put_object(**where, Body=whole[:-12])
        with pytest.raises(OperationError, match=f"{name} (is )?{words}"):
            check_export(to, done.archive)
        s3.put_object(**where, Body=whole)
    s3.delete_object(Bucket="exports-of-clients", Key="blog/wp-content/copy")
    with pytest.raises(OperationError, match="not what the site has"):
        check_export(to, done.archive)


def test_a_move_takes_people_and_addresses_along_and_leaves_the_old_side(
    prod: Declared, image: Image
) -> None:
    copy = move_site(
        *(prod, "blog", "docs"),
        into=prod,
        on_step=print,
        overwrite_production=True,
        session=image.session,
    )
    assert image.commands == [
        ["fleet-dump", f"s3://{image.bucket}/blog/{copy.id}", "--days", "35"],
        ["fleet-load", f"s3://{image.bucket}/docs/{copy.id}", "--keep-addresses"],
    ]
    assert copy.manifest().site == "blog"
    assert {copy.object_key(sha256(text)) for text in FILES.values()} <= keys(image, "docs/")


def test_into_another_environment_addresses_become_that_one_s(
    prod: Declared, project: Path, image: Image
) -> None:
    (project / "Pulumi.stage.yaml").write_text(SETTINGS)
    stage = read_declared(Target(folder=project, environment="stage"))
    account = image.session.client("sts").get_caller_identity()["Account"]
    there = archive_bucket_name("stage", None, account, REGION)
    with pytest.raises(OperationError, match=r"stage has no bucket.*fleet up --env stage"):
        move_site(prod, "blog", "blog", into=stage, on_step=print, session=image.session)
    image.session.client("s3").create_bucket(Bucket=there)
    copy = move_site(prod, "blog", "blog", into=stage, on_step=print, session=image.session)
    assert [command[:2] for command in image.commands] == [
        ["fleet-dump", f"s3://{image.bucket}/blog/{copy.id}"],
        ["fleet-load", f"s3://{there}/blog/{copy.id}"],
    ]
    assert image.commands[1][2:] == []


def test_a_move_goes_on_with_an_archive_of_another_stack(prod: Declared, image: Image) -> None:
    store = store_of(prod, "blog", image.session)
    image.session.client("s3").create_bucket(Bucket="of-the-old-cell")
    old = archive_at(store, f"s3://of-the-old-cell/blog/{ID}")
    image.dump(old.url)
    move_site(
        *(prod, "blog", "blog"),
        into=prod,
        on_step=print,
        archive=old,
        overwrite_production=True,
        session=image.session,
    )
    assert image.commands == [
        ["fleet-load", f"s3://{image.bucket}/blog/{ID}", "--keep-addresses"],
    ]
    with pytest.raises(OperationError, match="is no place of an archive"):
        archive_at(store, "s3://x")


def test_code_alone_is_pushed(prod: Declared, image: Image) -> None:
    image.files = {"uploads/a.jpg": b"a picture of theirs", "plugins/hello.php": b"<?php"}
    copy = push_code(
        *(prod, "blog", "docs"), on_step=print, overwrite_production=True, session=image.session
    )
    dump, load = image.commands
    assert dump[2:4] == ["--only", "files"]
    assert load == ["fleet-load", f"s3://{image.bucket}/docs/{copy.id}", "--code-only"]
    there = keys(image, "docs/objects/")
    assert copy.object_key(sha256(b"<?php")) in there
    assert copy.object_key(sha256(b"a picture of theirs")) not in there


def test_chosen_tables_are_pushed(prod: Declared, image: Image) -> None:
    copy = push_tables(
        *(prod, "blog", "docs", ["posts", "term*"]),
        on_step=print,
        overwrite_production=True,
        overwrite_newer=True,
        personal_data=True,
        session=image.session,
    )
    dump, load = image.commands
    assert dump[2:4] == ["--only", "database"]
    words = ["--tables", "posts,term*", "--overwrite-newer", "--with-personal-data"]
    assert load == ["fleet-load", f"s3://{image.bucket}/docs/{copy.id}", *words]


@pytest.mark.usefixtures("image")
def test_people_who_were_made_up_are_not_pushed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (project / "sites.yaml").read_text()
    copy = "domains: [docs.example.com], staging: {of: blog}"
    (project / "sites.yaml").write_text(text.replace("domains: [docs.example.com]", copy))
    monkeypatch.chdir(project)
    words = ["push", "docs", "--to", "blog", "--only", "tables", "--table", "users"]
    words += ["--with-personal-data", "--yes-overwrite-production", "--env", "prod"]
    done = CliRunner().invoke(app, words)
    assert "the people of docs are made up (staging.anonymise)" in done.stderr


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["push", "blog", "--to", "docs", "--only", "tables"], "--table NAME for each"),
        (["push", "blog", "--to", "docs", "--table", "posts"], "say --only tables"),
        (
            ["push", "blog", "--to", "docs", "--only", "tables", "--table", "a.b"],
            "'a.b' is no table",
        ),
        (["move", "blog", "--to", "blog"], "blog is where it is"),
        (["move", "blog", "--to", "dcos"], 'found no site "dcos" (did you mean "docs"?)'),
        (["rename", "blog", "--to", "docs"], "--yes-overwrite-production"),
        (["push", "blog", "--to", "docs"], "--yes-overwrite-production"),
        (["leave", "blog", "--purge"], "blog is live"),
        (["leave", "docs"], "say --export DIR, and --purge once"),
        (["leave", "blgo", "--export", "out"], 'found no site "blgo" (did you mean "blog"?)'),
    ],
)
def test_what_is_wrong_is_a_line_and_what_to_do(
    project: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "500")
    more = ["--yes-overwrite-production"] if words[-1] == "blog" else []
    done = CliRunner().invoke(app, [*words, *more, "--env", "prod"])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1), done.output
    assert said in done.stderr


def test_what_comes_next_is_told(prod: Declared, image: Image, tmp_path: Path) -> None:
    done, after = export_leaving(
        *(prod, "blog", str(tmp_path / "out")), on_step=print, session=image.session, now=NOW
    )
    with OUT.capture() as told:
        print_left(done, after, "prod", as_json=False)
        print_moved("blog", "docs", "prod", "prod", as_json=False)
        print_moved("blog", "blog", "prod", "stage", as_json=False)
        print_begun(done.archive, "prod", as_json=False)
        print_purged(Purged(site="blog", deleted=("a",), remains=("b",)), as_json=False)
    lines = told.get().splitlines()
    assert "to do: fleet retire blog --env prod" in lines
    assert "to do, then: fleet leave --env prod blog --purge" in lines
    assert "to do: in sites.yaml, give docs the domains of blog, and blog another" in lines
    assert "to do: point the names at stage: fleet dns --env stage" in lines
    assert any(
        line.startswith(f"to do: fleet move --env prod blog --archive {done.archive.url}")
        for line in lines
    )
    assert lines[-2:] == ["deleted: a", "remains: b"]
