"""What `fleet import` refuses, in a line, before anything is written."""

from __future__ import annotations

import gzip
import json
import stat
import zipfile
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest

from fleet.operations.data.incoming.known import recognised
from fleet.operations.data.incoming.report import examine
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError
from tests.operations.stage.foreign import DUMP, dump, report_of, tree, wpress, zipped

IN_S3 = Path("s3://of-another/blog")
REFUSED = {
    "cut.sql": (
        DUMP[:-80].rsplit("\n", 2)[0] + "\nINSERT INTO `shop_posts` VALUES (1,",
        "ends early",
    ),
    "cut.sql.gz": ("", "can't be read"),
    "pg.sql": ("--\n-- PostgreSQL database dump\n--\n", "dump of PostgreSQL"),
    "other.sql": ("CREATE TABLE `a` (id int);\n", "no options of a WordPress"),
    "none.sql": ("SELECT 1;\n", "makes no tables"),
    "network.sql": (f"CREATE TABLE `shop_blogs` (id int);\n{DUMP}", "a network of sites"),
    "posts.xml": ('<rss xmlns:wp="http://wordpress.org/export/1.2/">', "a WXR file has posts"),
    "a.daf": ("x", "let it make a zip"),
    "a-db.gz.crypt": ("x", "decrypt it there first"),
    "a.tar": ("x", "allowed is .sql"),
    "cut.wpress": ("x" * 100, "ends early"),
    "a.zip": ("PK", "can't be read as a zip"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_site_is_refused_in_words(prod: Declared, tmp_path: Path, name: str) -> None:
    text, words = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(gzip.compress(DUMP.encode())[:-40] if name == "cut.sql.gz" else text.encode())
    with pytest.raises(OperationError, match=words) as error:
        report_of(prod, path)
    assert "\n" not in str(error.value)


def test_a_wpress_that_is_damaged_packed_or_encrypted_is_refused(
    prod: Declared, tmp_path: Path
) -> None:
    path = tmp_path / "a.wpress"
    files = {"package.json": b"{}", "database.sql": DUMP.encode()}
    raw = wpress(path, files, checked=True).read_bytes()
    path.write_bytes(raw.replace(b"wp-rocket", b"wp-socket"))
    with pytest.raises(OperationError, match=r"database.sql is not what its checksum says"):
        report_of(prod, path)
    for said, words in (
        ({"Encrypted": True}, "without a password"),
        ({"Compression": {"Enabled": True, "Type": "gzip"}}, "without compression"),
    ):
        wpress(path, {**files, "package.json": json.dumps(said).encode()})
        with pytest.raises(OperationError, match=words):
            report_of(prod, path)


@pytest.mark.parametrize("path", ["../wp-content/a.php", "wp-content/../../a.php", "/wp-content/a"])
def test_a_zip_with_a_path_that_leads_out_is_refused(
    prod: Declared, tmp_path: Path, path: str
) -> None:
    files = zipped(tmp_path / "files.zip", {path: b"x"})
    with pytest.raises(OperationError, match="leads out of the site"):
        report_of(prod, dump(tmp_path / "a.sql"), files)


def test_links_are_refused(prod: Declared, tmp_path: Path) -> None:
    folder = tree(tmp_path / "files")
    (folder / "wp-content/uploads/secrets").symlink_to("/etc")
    with pytest.raises(OperationError, match="is a link"):
        report_of(prod, dump(tmp_path / "a.sql"), folder)
    link = zipfile.ZipInfo("wp-content/uploads/secrets")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "files.zip", "w") as archive:
        archive.writestr(link, "/etc")
    with pytest.raises(OperationError, match="is a link"):
        report_of(prod, dump(tmp_path / "a.sql"), tmp_path / "files.zip")


def test_a_zip_bomb_is_refused(prod: Declared, tmp_path: Path) -> None:
    files = zipped(tmp_path / "files.zip", {"wp-content/uploads/a": b"\0" * 150_000_000})
    with pytest.raises(OperationError, match="times its size"):
        report_of(prod, dump(tmp_path / "a.sql"), files)


def test_files_without_a_wp_content_are_refused(prod: Declared, tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="there is no wp-content"):
        report_of(prod, dump(tmp_path / "a.sql"), tree(tmp_path / "files", {"index.html": b"x"}))


@pytest.mark.parametrize(
    ("call", "code"),
    [("HeadObject", "403"), ("ListObjectsV2", "AccessDenied"), ("GetObject", "AccessDenied")],
)
def test_an_export_that_another_account_does_not_let_us_read(
    prod: Declared, aws: boto3.Session, tmp_path: Path, call: str, code: str
) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="of-another")
    s3.put_object(Bucket="of-another", Key="blog/manifest.json", Body=b"{}")
    s3.put_object(Bucket="of-another", Key="blog/wp-content/plugins/a.php", Body=b"<?php")
    s3.upload_file(str(dump(tmp_path / "a.gz")), "of-another", "blog/database.sql.gz")
    answer = (SimpleNamespace(status_code=403), {"Error": {"Code": code}})
    s3.meta.events.register(f"before-call.s3.{call}", lambda **_: answer)
    with (
        pytest.raises(OperationError, match=r"s3://of-another/blog/\S* may not be read by these"),
        recognised(IN_S3, None, lambda: s3) as export,
    ):
        examine(export, prod.site("blog"))
