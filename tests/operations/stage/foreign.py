"""Sites as other hosts and tools hand them out."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import zstandard

from fleet.operations.data.incoming.known import recognised
from fleet.operations.data.incoming.report import Report, examine
from fleet.operations.data.incoming.wpress import HEADER
from fleet.operations.declared import Declared

PLUGINS = 'a:2:{i:0;s:27:"woocommerce/woocommerce.php";i:1;s:23:"wp-rocket/wp-rocket.php";}'
OPTIONS = {
    "siteurl": "https://www.old.example",
    "home": "https://www.old.example/",
    "active_plugins": PLUGINS,
    "_site_transient_update_core": 's:15:"version_checked";s:5:"6.9.1"',
    "upload_path": "/home/old/public_html/uploads",
}
ROWS = ",".join(
    "({},'{}','{}','yes')".format(number, name, value.replace('"', '\\"'))
    for number, (name, value) in enumerate(OPTIONS.items())
)
DUMP = f"""-- MySQL dump 10.13  Distrib 8.0.36
/*!50013 DEFINER=`old`@`localhost` SQL SECURITY DEFINER */
CREATE TABLE `shop_options` (
  `option_id` bigint unsigned NOT NULL AUTO_INCREMENT
) ENGINE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO `shop_options` VALUES {ROWS};
CREATE TABLE `shop_posts` (
  `ID` bigint unsigned NOT NULL
) ENGINE=InnoDB;
INSERT INTO `shop_posts` VALUES (1);
-- Dump completed on 2026-11-28 12:00:00
"""  # noqa: S608 - read by this project, run by nobody
CONTENT = {
    "wp-content/plugins/hello.php": b"<?php // hello",
    "wp-content/uploads/2026/a.jpg": b"a picture",
    "wp-content/object-cache.php": b"<?php // Redis of the old host",
    "wp-content/cache/page.html": b"old",
    "wp-content/mu-plugins/kinsta-mu-plugins.php": b"<?php",
    "wp-config.php": b"<?php // secrets of the old host",
}
TAKEN = {"plugins/hello.php": b"<?php // hello", "uploads/2026/a.jpg": b"a picture"}


def tree(folder: Path, files: Mapping[str, bytes] = CONTENT) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
    return folder


def zipped(path: Path, files: Mapping[str, bytes], *, marked: bool = True) -> Path:
    """`marked`: names say that they are UTF-8; else each is of code page 437."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = name if marked else _Unmarked(name)
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return path


class _Unmarked(zipfile.ZipInfo):
    """As most programs on Linux write an entry."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the library calls it
        return self.filename.encode("cp437"), self.flag_bits


def dump(path: Path, text: str = DUMP) -> Path:
    raw = text.encode()
    pack = {".gz": gzip.compress, ".zst": zstandard.compress}.get(path.suffix, bytes)
    path.write_bytes(pack(raw))
    return path


def wpress(path: Path, files: Mapping[str, bytes], *, checked: bool = False) -> Path:
    """`checked`: as it is written since 2025, with a checksum of each file and of the whole."""
    out = io.BytesIO()

    def header(name: str, size: int, time: str, folder: str, content: bytes) -> bytes:
        crc = f"{zlib.crc32(content):08x}" if checked else ""
        fields = ((name, 255), (str(size), 14), (time, 12), (folder, 4_088), (crc, 8))
        return b"".join(value.encode().ljust(length, b"\0") for value, length in fields)

    for name, text in files.items():
        folder, _, base = name.rpartition("/")
        out.write(header(base, len(text), "1796000000", folder or ".", text) + text)
    whole = out.getvalue()
    path.write_bytes(whole + (header("", len(whole), "", "", whole) if checked else b"\0" * HEADER))
    return path


def report_of(prod: Declared, path: Path, files: Path | None = None) -> Report:
    with recognised(path, files) as export:
        return examine(export, prod.site("blog"))
