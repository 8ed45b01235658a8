"""`fleet export`, `fleet clone` and `fleet undo` against an account on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.operations.data.archive import store_of
from fleet.operations.data.clone import clone_site
from fleet.operations.data.dump import load_site, undo_load
from fleet.operations.data.export import export_site
from fleet.operations.data.listed import is_safe
from fleet.operations.data.steps import Step, read_step
from fleet.operations.declared import Declared, read_declared
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from tests.operations.stage.played import FILES, SQL, Image, playing, sha256, unpacked

ID = "20261129T180500Z-9c1f04ab"


@pytest.fixture
def image(aws: boto3.Session) -> Iterator[Image]:
    with playing(aws) as image:
        yield image


def told(steps: list[Step]) -> set[tuple[str, str]]:
    return {(step.step, step.state) for step in steps}


def export(prod: Declared, image: Image, to: Path | str, **more: Any) -> list[Step]:
    steps = list[Step]()
    export_site(prod, "blog", str(to), on_step=steps.append, session=image.session, **more)
    return steps


def test_an_export_is_what_any_host_takes(prod: Declared, image: Image, tmp_path: Path) -> None:
    image.lines = [{"step": "database", "state": "done", "bytes": 9}]
    steps = export(prod, image, tmp_path / "out")
    assert unpacked(tmp_path / "out/database.sql.gz") == SQL
    for path, text in FILES.items():
        assert (tmp_path / "out/wp-content" / path).read_bytes() == text
    assert "table_prefix = 'wp_'" in (tmp_path / "out/README.txt").read_text()
    assert json.loads((tmp_path / "out/manifest.json").read_text())["site"] == "blog"
    assert {("database", "done"), ("export files", "done")} <= told(steps)
    assert not list((tmp_path / "out").rglob("*.part"))
    (command,) = image.commands
    assert command[:1] == ["fleet-dump"]
    assert command[-2:] == ["--days", "35"]


def test_an_export_to_s3_copies_inside_of_it(prod: Declared, image: Image) -> None:
    s3 = image.session.client("s3")
    s3.create_bucket(Bucket="a-client-s-exports")
    export(prod, image, "s3://a-client-s-exports/2026/blog")
    listed = s3.list_objects_v2(Bucket="a-client-s-exports", Prefix="2026/blog/")
    keys = {each.get("Key", "").removeprefix("2026/blog/") for each in listed.get("Contents", [])}
    names = {"README.txt", "manifest.json", "database.sql.gz"}
    assert keys == names | {f"wp-content/{path}" for path in FILES}


def test_an_export_that_was_cut_off_goes_on(prod: Declared, image: Image, tmp_path: Path) -> None:
    store = store_of(prod, "blog", image.session)
    archive = store.archive("blog", ID)
    image.dump(archive.url)
    out = tmp_path / "out"
    export(prod, image, out, archive=archive)
    whole, broken = out / "wp-content/copy", out / "wp-content/plugins/hello.php"
    before = whole.stat().st_mtime_ns
    broken.write_bytes(b"<?php")
    export(prod, image, out, archive=archive)
    assert broken.read_bytes() == FILES["plugins/hello.php"]
    assert whole.stat().st_mtime_ns == before
    assert image.commands == []


def test_another_content_than_its_hash_is_refused(
    prod: Declared, image: Image, tmp_path: Path
) -> None:
    archive = store_of(prod, "blog", image.session).archive("blog", ID)
    image.dump(archive.url)
    key = archive.object_key(sha256(FILES["copy"]))
    image.session.client("s3").put_object(Bucket=image.bucket, Key=key, Body=b"b picture")
    with pytest.raises(OperationError, match="is not what its list says"):
        export(prod, image, tmp_path / "out", archive=archive)
    assert not (tmp_path / "out/wp-content/copy").exists()


@pytest.mark.parametrize("path", ["../up", "a/../../up", "/root", "a\\b", "a/./b", "", "nul\0"])
def test_a_path_that_leads_out_is_refused(
    prod: Declared, image: Image, tmp_path: Path, path: str
) -> None:
    archive = store_of(prod, "blog", image.session).archive("blog", ID)
    image.files = {path: b"x"}
    image.dump(archive.url)
    with pytest.raises(OperationError, match="names a file that no site has"):
        export(prod, image, tmp_path / "out", archive=archive)
    assert not is_safe(path)


def test_a_list_that_grows_beyond_what_is_said_is_refused(
    prod: Declared, image: Image, tmp_path: Path
) -> None:
    archive = store_of(prod, "blog", image.session).archive("blog", ID)
    image.files = {f"file-{number}": b"" for number in range(5_000)}
    image.dump(archive.url)
    manifest = archive.manifest()
    assert manifest.files
    bomb = manifest.files.model_dump() | {"list_bytes": 100}
    image.dump(archive.url, files=bomb)
    with pytest.raises(OperationError, match="grows to more"):
        export(prod, image, tmp_path / "out", archive=archive)


def test_a_folder_that_holds_other_things_is_left_alone(
    prod: Declared, image: Image, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(OperationError, match="is not empty and no export"):
        export(prod, image, tmp_path)
    assert image.commands == []


def test_what_a_failed_dump_says_to_do(prod: Declared, image: Image, tmp_path: Path) -> None:
    image.status = 69
    image.lines = [
        {
            "step": "database",
            "state": "failed",
            "problem": "the database is away",
            "do": "run it again",
        }
    ]
    with pytest.raises(OperationError, match=r"^blog: the database is away; run it again$"):
        export(prod, image, tmp_path / "out")


def test_a_clone_is_copied_by_the_caller_and_loaded_by_the_target(
    prod: Declared, image: Image
) -> None:
    steps = list[Step]()
    options = ["--keep-options", "blogname"]
    copy = clone_site(
        *(prod, "blog", "docs"),
        on_step=steps.append,
        overwrite_production=True,
        options=options,
        smoke=False,
        session=image.session,
    )
    dump, load = image.commands
    assert dump[1] == f"s3://{image.bucket}/blog/{copy.id}"
    options += ["--anonymise", "--no-smoke"]
    assert load == ["fleet-load", f"s3://{image.bucket}/docs/{copy.id}", *options]
    # What the tables were made of isn't left where the copy's tasks read.
    with pytest.raises(OperationError, match="no finished archive"):
        copy.manifest()
    for text in FILES.values():
        key = copy.object_key(sha256(text))
        found = image.session.client("s3").get_object(Bucket=image.bucket, Key=key)
        assert found["Body"].read() == text
    assert ("copy", "done") in told(steps)


def test_a_declared_copy_leaves_uploads_where_they_are(
    project: Path, image: Image, tmp_path: Path
) -> None:
    text = (project / "sites.yaml").read_text()
    said = "domains: [docs.example.com], staging: {of: blog, keep: [blogname, x]}"
    (project / "sites.yaml").write_text(text.replace("domains: [docs.example.com]", said))
    declared = read_declared(Target(folder=project, environment="prod"))
    copy = clone_site(declared, "blog", "docs", on_step=print, session=image.session)
    (dump, load) = image.commands
    assert dump[2] == "--without-uploads"
    words = ["--without-uploads", "--keep-options", "blogname,x", "--anonymise"]
    assert load == ["fleet-load", f"s3://{image.bucket}/docs/{copy.id}", *words]
    listed = image.session.client("s3").list_objects_v2(Bucket=image.bucket, Prefix="docs/objects/")
    keys = {each.get("Key") for each in listed.get("Contents", [])}
    code = [text for path, text in FILES.items() if not path.startswith("uploads/")]
    assert keys == {copy.object_key(sha256(text)) for text in code}
    without = replace(copy, site="blog")
    with pytest.raises(OperationError, match=r"has no uploads.*leave --archive away"):
        export(declared, image, tmp_path / "out", archive=without)


def test_a_copy_with_its_people_keeps_its_archive(prod: Declared, image: Image) -> None:
    copy = clone_site(
        *(prod, "blog", "docs"),
        on_step=print,
        overwrite_production=True,
        anonymise=False,
        session=image.session,
    )
    assert image.commands[1] == ["fleet-load", f"s3://{image.bucket}/docs/{copy.id}"]
    assert copy.manifest().site == "blog"


def test_a_live_site_in_production_is_not_overwritten_unasked(prod: Declared, image: Image) -> None:
    with pytest.raises(OperationError, match="say --yes-overwrite-production"):
        clone_site(prod, "blog", "docs", on_step=print, session=image.session)
    with pytest.raises(OperationError, match=r"archive is paused.*fleet resume archive"):
        clone_site(
            prod, "blog", "archive", on_step=print, overwrite_production=True, session=image.session
        )
    assert image.commands == []


def test_undo_and_load_are_the_image_s_own_words(prod: Declared, image: Image) -> None:
    archive = store_of(prod, "blog", image.session).archive("blog", ID)
    load_site(prod, archive, only="files", on_step=print, session=image.session)
    undo_load(prod, "blog", on_step=print, session=image.session)
    assert image.commands == [
        ["fleet-load", archive.url, "--only", "files"],
        ["fleet-load", "undo"],
    ]


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("PHP Warning: x", None),
        ('["step"]', None),
        ('{"step": 1, "state": "done"}', None),
        ('{"step": "load", "state": "over"}', None),
        (
            '{"step": "load", "state": "at", "bytes": 1, "of": 2, "more": 3}',
            Step(site="blog", step="load", state="at", bytes=1, of=2),
        ),
    ],
)
def test_a_line_that_is_no_step_is_none(line: str, step: Step | None) -> None:
    assert read_step("blog", line) == step


@pytest.mark.usefixtures("image")
def test_a_stack_without_the_bucket_says_how_to_get_it(prod: Declared, aws: boto3.Session) -> None:
    with pytest.raises(OperationError, match=r"prod-east has no bucket.*fleet up --env prod"):
        undo_load(prod, "far", on_step=print, session=aws)


@pytest.mark.usefixtures("image")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "blgo", "--to", "out"], 'found no site "blgo" (did you mean "blog"?)'),
        (["export", "blog", "--to", "s3://X"], "s3://X is no place in S3"),
        (["export", "blog", "--to", "out", "--archive", "last"], "'last' is no archive"),
        (["clone", "blog", "--to", "dcos"], 'found no site "dcos" (did you mean "docs"?)'),
        (["clone", "blog", "--to", "docs"], "--yes-overwrite-production"),
        (["import", "blog", "--from", "a.sql", "--json"], "add --yes to go ahead"),
        (["import", "blog", "--from", "a.sql", "--yes-overwrite-production"], "a.sql is not there"),
        (["undo", "blgo"], 'found no site "blgo" (did you mean "blog"?)'),
    ],
)
def test_what_is_wrong_is_a_line_and_what_to_do(
    project: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "500")
    done = CliRunner().invoke(app, [*words, "--env", "prod"])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1), done.output
    assert said in done.stderr
