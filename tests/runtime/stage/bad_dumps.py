"""Dumps as nobody should make them, and where they are put."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.runtime.stage.bucket import Bucket

BAD_DUMP, NO_SPACE, USAGE, COMES_NOT = 65, 73, 64, 70
TABLES = "".join(
    f"CREATE TABLE `wp_{name}` (`id` int, `x` longtext);\n"
    for name in ("options", "posts", "users", "usermeta")
)
ROW = "INSERT INTO `wp_posts` (`id`) VALUES ('x');"
TOO_LONG = (64 << 20) + 1  # bytes, of MySQL 8's own max_allowed_packet
END = "-- Dump completed on 2026-11-29\n"
WHOLE = f"-- MySQL dump 10.13\n{TABLES}{END}"
FILE = {"path": "uploads/a.txt", "bytes": 3, "time": 1, "sha256": "0" * 64}


def packed(text: str) -> bytes:
    words = ["zstd", "--quiet", "--stdout"]
    return subprocess.run(words, input=text.encode(), capture_output=True, check=True).stdout


def part(name: str, body: bytes, **facts: Any) -> dict[str, Any]:
    return {"name": name, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest(), **facts}


def with_sql(sql: str, **facts: Any) -> dict[str, Any]:
    body = packed(sql)
    size = {"sql_bytes": len(sql.encode())}
    return {"database": part("database.sql.zst", body, **{**size, **facts}), "body": body}


def with_files(*entries: dict[str, Any], **facts: Any) -> dict[str, Any]:
    text = "".join(f"{json.dumps(entry)}\n" for entry in entries)
    sizes = {"list_bytes": len(text), "count": len(entries), "total_bytes": 1 << 20}
    body = packed(text)
    return {"files": part("files.jsonl.zst", body, **{**sizes, **facts}), "body": body}


def cut(dump: dict[str, Any]) -> dict[str, Any]:
    """The archive broke off, and whoever wrote the manifest didn't see it."""
    body = dump["body"][:-20]
    return {"database": part("database.sql.zst", body, sql_bytes=None), "body": body}


# name => the dump, exit status, what it says.
BAD: dict[str, tuple[Callable[[], dict[str, Any]], int, str]] = {
    "another hash": (lambda: with_sql(WHOLE, sha256="0" * 64), BAD_DUMP, "another SHA-256"),
    "ends early": (lambda: with_sql(WHOLE[: -len(END)]), BAD_DUMP, "ends early"),
    "broken archive": (lambda: cut(with_sql(WHOLE * 50)), BAD_DUMP, "the archive is broken"),
    "no archive": (
        lambda: {"database": part("database.sql.zst", b"PK\3\4"), "body": b"PK\3\4"},
        BAD_DUMP,
        "the archive is broken",
    ),
    "bomb": (
        lambda: with_sql(WHOLE + "-- " + "0" * 300_000_000, sql_bytes=1000),
        BAD_DUMP,
        "larger than it says",
    ),
    "other product": (
        lambda: with_sql("-- MySQL dump 10.13\nCREATE TABLE `node` (`nid` int);\n" + END),
        BAD_DUMP,
        "holds no WordPress: it has node",
    ),
    "no SQL": (lambda: with_sql("<html>Not found</html>;\n"), BAD_DUMP, "takes a statement"),
    "names the live schema": (
        lambda: with_sql(f"{TABLES}DROP TABLE `wp_bad`.`wp_posts`;\n"),
        BAD_DUMP,
        "names another schema: DROP TABLE `wp_bad`",
    ),
    "fills the live schema": (
        lambda: with_sql(f"{TABLES}{ROW.replace('INTO ', 'INTO `wp_bad`.')}\n{END}"),
        BAD_DUMP,
        "names another schema: INSERT INTO `wp_bad`",
    ),
    "names it behind others": (
        lambda: with_sql(f"{TABLES}{ROW} DROP TABLE `wp_bad`.`wp_posts`;\n{END}"),
        BAD_DUMP,
        "names another schema: DROP TABLE `wp_bad`",
    ),
    "a row beyond the server's limit": (
        lambda: with_sql(f"{TABLES}{ROW.replace('x', 'x' * TOO_LONG)}\n{END}"),
        BAD_DUMP,
        "longer than the server takes",
    ),
    "runs a program": (
        lambda: with_sql(f"{TABLES}system touch /tmp/ran;\n\\! touch /tmp/ran\n{END}"),
        BAD_DUMP,
        "Not allowed in the sandbox",
    ),
    "list that is a bomb": (
        lambda: with_files(*[FILE] * 2000, list_bytes=100),
        BAD_DUMP,
        "larger than it says",
    ),
    "more files than said": (
        lambda: with_files(FILE, FILE, count=1),
        BAD_DUMP,
        "more files than the manifest says",
    ),
    "no content": (lambda: with_files(FILE), BAD_DUMP, "s3 GET bad/objects/00/000"),
    "no space": (
        lambda: with_files(FILE, total_bytes=1 << 60),
        NO_SPACE,
        "the files take 1099511627776 MB",
    ),
    "newer WordPress": (
        lambda: {**with_sql(WHOLE), "versions": {"wordpress": "99.1.2"}},
        BAD_DUMP,
        "is of WordPress 99.1.2, and the site's image has",
    ),
    "no dump": (dict, BAD_DUMP, "there is no dump at"),
}
# What no look at the beginnings of lines finds: by its rights a load has its own schema alone.
for statement in (
    " DROP TABLE `wp_bad`.`wp_posts`;",
    "/*!40000 DROP TABLE IF EXISTS `wp_bad`.`wp_posts` */;",
    "INSERT LOW_PRIORITY INTO `wp_bad`.`wp_posts` (`ID`) VALUES (99);",
    "CREATE VIEW `all_of_them` AS SELECT * FROM `wp_bad`.`wp_users`;",
    "SET @x = 'DROP TABLE wp_bad.wp_posts'; PREPARE x FROM @x; EXECUTE x;",
):
    BAD[statement] = (
        partial(with_sql, f"{TABLES}{statement}\n{END}"),
        BAD_DUMP,
        "the dump reaches for what isn't in it",
    )
# As a full disk of the database is told: the server has one error for that and for a full table.
BAD["full database"] = (
    lambda: with_sql(
        f"{TABLES}SET @x = 'CREATE TABLE wp_heap (x CHAR(250)) ENGINE=MEMORY'; PREPARE x FROM @x;\n"
        f"SET max_heap_table_size = 16384; EXECUTE x;\n"
        f"INSERT INTO wp_heap VALUES {','.join(['(1)'] * 999)};\n{END}"
    ),
    NO_SPACE,
    "The table 'wp_heap' is full",
)
for path in ("uploads/../../x", "/etc/cron.d/x", ".fleet/current"):
    BAD[path] = (partial(with_files, {**FILE, "path": path}), BAD_DUMP, "names no file of a site")


def stored(store: Bucket, site: str, number: int, dump: dict[str, Any]) -> str:
    place = store.place(site, number)
    common = {"format": 1, "time": "2026-11-29T18:00:00Z", "home": "https://x.example", "hosts": []}
    for name in ("database", "files"):
        if name in dump:
            store.write(place, dump[name]["name"], dump["body"])
    if dump:
        manifest = {**common, **{key: dump.get(key) for key in ("database", "files", "versions")}}
        manifest["folders"] = dump.get("folders", [])
        store.write(place, "manifest.json", json.dumps(manifest).encode())
    return place
