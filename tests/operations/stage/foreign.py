"""Sites as other hosts and tools hand them out."""

from __future__ import annotations

import gzip
import io
import zipfile
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


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def dump(path: Path, text: str = DUMP) -> Path:
    raw = text.encode()
    pack = {".gz": gzip.compress, ".zst": zstandard.compress}.get(path.suffix, bytes)
    path.write_bytes(pack(raw))
    return path


def wpress(path: Path, files: Mapping[str, bytes]) -> Path:
    out = io.BytesIO()
    for name, text in files.items():
        folder, _, base = name.rpartition("/")
        fields = ((base, 255), (str(len(text)), 14), ("1796000000", 12), (folder or ".", 4_096))
        out.write(b"".join(value.encode().ljust(length, b"\0") for value, length in fields))
        out.write(text)
    path.write_bytes(out.getvalue() + b"\0" * HEADER)
    return path


def report_of(prod: Declared, path: Path, files: Path | None = None) -> Report:
    with recognised(path, files) as export:
        return examine(export, prod.site("blog"))
