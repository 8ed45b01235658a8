"""`fleet import`: what it reads, says and refuses, and what it sends to an account on loopback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.cli.screen import OUT
from fleet.operations.data.importing import import_site
from fleet.operations.data.incoming.php import IMAGE_PHP
from fleet.operations.data.incoming.report import Report
from fleet.operations.data.listed import files_of
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError
from tests.engine.checkout import ROOT
from tests.operations.stage.foreign import (
    CONTENT,
    DUMP,
    TAKEN,
    dump,
    report_of,
    tree,
    wpress,
    zipped,
)
from tests.operations.stage.played import Image, playing, sha256


@pytest.fixture
def image(aws: boto3.Session) -> Iterator[Image]:
    with playing(aws) as image:
        yield image


def said(report: Report) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for each in report.findings:
        found.setdefault((each.weight, each.about), []).append(each.text)
    return found


def take(prod: Declared, image: Image, path: Path, files: Path | None = None) -> dict[str, Any]:
    """The files and the manifest of the archive that an import made."""
    archive = import_site(
        *(prod, "blog", path),
        on_step=lambda step: None,
        agreed=lambda report: True,
        files=files,
        overwrite_production=True,
        session=image.session,
    )
    assert archive
    manifest = archive.manifest()
    listed = list(files_of(archive, manifest.files)) if manifest.files else []
    s3 = image.session.client("s3")
    contents = {
        file.path: s3.get_object(Bucket=image.bucket, Key=archive.object_key(file.sha256))[
            "Body"
        ].read()
        for file in listed
    }
    return {"archive": archive, "manifest": manifest, "files": contents}


def test_the_report_says_what_was_found_and_what_is_mended(prod: Declared, tmp_path: Path) -> None:
    found = said(report_of(prod, dump(tmp_path / "a.sql.gz"), tree(tmp_path / "files")))
    assert found["found", "address"] == ["https://www.old.example"]
    assert found["found", "WordPress"] == ["6.9.1"]
    assert found["found", "plugins"] == ["woocommerce, wp-rocket"]
    assert found["mended", "prefix"] == ["shop_ becomes wp_"]
    assert found["mended", "engine"] == ["tables of MyISAM become InnoDB: 1"]
    assert found["mended", "definers"] == ["`old`@`localhost` are taken out"]
    assert found["mended", "address"] == [
        "www.old.example and old.example become blog.example.com in all tables"
    ]
    assert found["to do", "paths"] == [
        "folders of the old host stay in tables: /home/old/public_html/uploads"
    ]
    assert found["to do", "page cache"] == [
        "turn off WP Rocket: pages are kept by the image itself"
    ]
    assert found["found", "PHP"] == [
        "neither plugins nor themes say what they need; the image has 8.4"
    ]
    assert found["mended", "left out"] == [
        "cache/, cached pages (1 file)",
        "mu-plugins/kinsta-mu-plugins.php, Kinsta's own (1 file)",
        "object-cache.php, an object cache of the old host (1 file)",
    ]


def test_the_report_says_which_php_plugins_and_themes_need(prod: Declared, tmp_path: Path) -> None:
    theme = b"/*\n Theme Name: A\n Requires PHP: 7.4\n*/"
    files = tree(tmp_path / "files", {**CONTENT, "wp-content/themes/a/style.css": theme})
    tables = dump(tmp_path / "a.sql.gz")
    found = said(report_of(prod, tables, files))
    assert found["found", "PHP"] == ["plugins and themes need 7.4 at most; the image has 8.4"]
    plugin = b"<?php\n/**\n * Plugin Name: New\n * Requires PHP: 9.1\n */"
    (files / "wp-content/plugins/new").mkdir()
    (files / "wp-content/plugins/new/new.php").write_bytes(plugin)
    found = said(report_of(prod, tables, files))
    assert found["to do", "PHP"] == [
        "new needs 9.1, and the image has 8.4: build one with that PHP"
    ]
    dockerfile = (ROOT / "container/Dockerfile").read_text()
    assert f"ARG PHP={'.'.join(map(str, IMAGE_PHP))}\n" in dockerfile


def test_an_export_in_s3_comes_in(prod: Declared, image: Image, tmp_path: Path) -> None:
    s3 = image.session.client("s3")
    s3.create_bucket(Bucket="of-a-client")
    tree(tmp_path / "files")
    for path, text in CONTENT.items():
        s3.put_object(Bucket="of-a-client", Key=f"2026/blog/{path}", Body=text)
    s3.upload_file(str(dump(tmp_path / "a.sql.gz")), "of-a-client", "2026/blog/database.sql.gz")
    place = Path("s3://of-a-client/2026/blog")
    with pytest.raises(OperationError, match=r"manifest.json is not there: it is no export"):
        take(prod, image, place)
    s3.put_object(Bucket="of-a-client", Key="2026/blog/manifest.json", Body=b"{}")
    assert take(prod, image, place)["files"] == TAKEN


def test_a_dump_and_a_folder_become_an_archive_that_is_loaded(
    prod: Declared, image: Image, tmp_path: Path
) -> None:
    tables = dump(tmp_path / "a.sql.gz")
    taken = take(prod, image, tables, tree(tmp_path / "files"))
    manifest, archive = taken["manifest"], taken["archive"]
    assert taken["files"] == TAKEN
    assert (manifest.home, manifest.hosts, manifest.prefix) == (
        "https://www.old.example",
        ("www.old.example", "old.example"),
        "shop_",
    )
    assert manifest.database.sha256 == sha256(tables.read_bytes())
    assert manifest.database.sql_bytes == len(DUMP.encode())
    assert image.commands == [["fleet-load", archive.url]]


def test_a_site_in_a_folder_and_one_of_two_hosts(
    prod: Declared, image: Image, tmp_path: Path
) -> None:
    other = "https://cms.old.example/wp"
    text = DUMP.replace("'siteurl','https://www.old.example'", f"'siteurl','{other}'")
    text = text.replace("https://www.old.example/'", "https://www.old.example/blog/'")
    tables = dump(tmp_path / "a.sql", text)
    found = said(report_of(prod, tables, None))
    assert found["mended", "address"] == [
        "www.old.example, old.example, cms.old.example and www.cms.old.example "
        "become blog.example.com in all tables"
    ]
    assert found["mended", "folder"] == [
        "https://www.old.example/blog becomes https://blog.example.com",
        f"{other} becomes https://blog.example.com",
    ]
    assert len(found["to do", "folder"]) == 2
    assert "such as /blog/page" in found["to do", "folder"][0]
    manifest = take(prod, image, tables)["manifest"]
    assert manifest.hosts[::2] == ("www.old.example", "cms.old.example")
    assert manifest.folders == (
        *("www.old.example/blog", "old.example/blog"),
        *("cms.old.example/wp", "www.cms.old.example/wp"),
    )


def test_what_is_in_the_bucket_is_not_sent_again(
    prod: Declared, image: Image, tmp_path: Path
) -> None:
    tables, files = dump(tmp_path / "a.sql"), tree(tmp_path / "files")
    (files / "wp-content/uploads/new.jpg").write_bytes(b"once")
    take(prod, image, tables, files)
    sent = list[str]()

    def note(params: dict[str, Any], **_: Any) -> None:
        sent.append(params["Key"])

    image.session.events.register("before-parameter-build.s3.PutObject", note)
    (files / "wp-content/uploads/new.jpg").write_bytes(b"twice")
    take(prod, image, tables, files)
    image.session.events.unregister("before-parameter-build.s3.PutObject", note)
    assert [key for key in sent if "/objects/" in key] == [
        f"blog/objects/{sha256(b'twice')[:2]}/{sha256(b'twice')}"
    ]


def test_a_dump_with_a_line_a_row(prod: Declared, tmp_path: Path) -> None:
    """As phpMyAdmin and MariaDB write it."""
    text = DUMP.replace("VALUES (", "VALUES\n(").replace("),(", "),\n(")
    assert text.count("\n") > DUMP.count("\n") + 4
    # As HeidiSQL does: what ends a statement or begins one, before the rows that are looked for.
    value = "(9,'raw','it''s;\n-- \\\\\nINSERT INTO `a` VALUES (1);\n\\';\n','yes'),\n"
    raw = text.replace("-- MySQL dump", "# ").replace("VALUES\n", f"VALUES\n{value}", 1)
    whole, lines, others = (
        report_of(prod, dump(tmp_path / name, each))
        for name, each in (("whole.sql", DUMP), ("lines.sql", text), ("raw.sql", raw))
    )
    assert lines.findings == whole.findings == others.findings


@pytest.mark.parametrize("name", ["a.sql", "a.sql.gz", "a.sql.zst"])
def test_each_compression_of_a_dump(prod: Declared, tmp_path: Path, name: str) -> None:
    assert report_of(prod, dump(tmp_path / name)).tables.bytes == len(DUMP.encode())


def test_other_tools_exports_are_read(prod: Declared, image: Image, tmp_path: Path) -> None:
    inner = {path.removeprefix("wp-content/"): text for path, text in CONTENT.items()}
    inner.pop("wp-config.php")
    everything = {"package.json": b"{}", "database.sql": DUMP.encode(), **inner}
    for checked in (False, True):
        whole = wpress(tmp_path / "a.wpress", everything, checked=checked)
        assert take(prod, image, whole)["files"] == TAKEN

    package = {**CONTENT, "dup-installer/dup-database__1.sql": DUMP.encode()}
    assert take(prod, image, zipped(tmp_path / "dup.zip", package))["files"] == TAKEN

    updraft = tmp_path / "updraft"
    updraft.mkdir()
    beginning = "backup_2026-11-28-1200_Old_0a1b2c3d4e5f"
    dump(updraft / f"{beginning}-db.gz")
    for part in ("plugins", "uploads"):
        some = {path: text for path, text in inner.items() if path.startswith(part)}
        zipped(updraft / f"{beginning}-{part}.zip", some)
    others = {"languages/de_DE.mo": b"words", "gallery/1.jpg": b"1", "index.php": b""}
    zipped(updraft / f"{beginning}-others.zip", others)
    taken = take(prod, image, updraft)
    assert taken["files"] == TAKEN | others
    assert taken["manifest"].database.name == "database.sql.gz"


def test_a_wp_content_is_known_by_its_name_or_by_what_it_has(
    prod: Declared, image: Image, tmp_path: Path
) -> None:
    tables = dump(tmp_path / "a.sql")
    own = {"gallery/1.jpg": b"1", "fleet-personal.json": b"{}"}
    folder = tree(tmp_path, {**CONTENT, **{f"wp-content/{path}": own[path] for path in own}})
    assert take(prod, image, tables, folder / "wp-content")["files"] == TAKEN | own
    # By another name a file at its top may be the dump.
    renamed = (folder / "wp-content").rename(tmp_path / "files")
    tables = tables.rename(renamed / "a.sql")
    own.pop("fleet-personal.json")
    assert take(prod, image, tables, renamed)["files"] == TAKEN | own


def test_names_of_files_in_other_encodings(prod: Declared, image: Image, tmp_path: Path) -> None:
    folder = tree(tmp_path / "files")
    os.mkdir(os.fsencode(folder) + b"/wp-content/uploads/caf\xe9")
    (folder / os.fsdecode(b"wp-content/uploads/caf\xe9/a.jpg")).write_bytes(b"x")
    tables = dump(tmp_path / "a.sql")
    said_of_names = [
        "rename 1 whose names are no UTF-8, or they stay outside: 'uploads/caf\\udce9/a.jpg'"
    ]
    assert said(report_of(prod, tables, folder))["to do", "names"] == said_of_names
    assert take(prod, image, tables, folder)["files"] == TAKEN
    # By the rules of zips these bytes are those of code page 437.
    raw = {b"wp-content/uploads/caf\xc3\xa9.jpg": b"1", b"wp-content\\uploads\\caf\xe9.jpg": b"2"}
    files = zipped(
        tmp_path / "a.zip", {path.decode("cp437"): text for path, text in raw.items()}, marked=False
    )
    assert take(prod, image, tables, files)["files"] == {"uploads/caf\u00e9.jpg": b"1"}


def test_nothing_is_written_before_somebody_agrees(
    prod: Declared, image: Image, tmp_path: Path
) -> None:
    done = import_site(
        *(prod, "blog", dump(tmp_path / "a.sql")),
        on_step=print,
        agreed=lambda report: False,
        overwrite_production=True,
        session=image.session,
    )
    assert done is None
    assert image.commands == []


@pytest.mark.usefixtures("image")
def test_the_report_on_a_terminal_and_for_programs(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setattr(OUT, "width", 80)
    words = ["import", "blog", "--env", "prod", "--from", str(dump(tmp_path / "a.sql")), "--report"]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("a dump of tables: 2 tables, ")
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    record = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert {"weight": "found", "about": "WordPress", "text": "6.9.1"} in record["findings"]
    words.remove("--report")
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 1
    assert "say --yes-overwrite-production" in refused.stderr
