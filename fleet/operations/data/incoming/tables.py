"""What a dump of tables holds, read once as a stream, before anything is written anywhere."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import zstandard

from fleet.operations.data.incoming.quotes import Quotes
from fleet.operations.problem import OperationError

# A line of INSERT has as much as max_allowed_packet, of which the beginning is looked at.
_LINE = 1 << 20
_CREATE = re.compile(rb"CREATE TABLE (?:IF NOT EXISTS )?`([^`]+)`")
_INSERT = re.compile(rb"INSERT (?:IGNORE )?INTO `([^`]+)`")
# What ends the rows of a table: some write a line a row, and a row may end in a semicolon.
_OTHER = re.compile(rb"[A-Z]|/\*|--")
_ENGINE = re.compile(rb"\bENGINE=(\w+)")
_DEFINER = re.compile(rb"DEFINER=(`[^`]+`@`[^`]+`)")
_ABSOLUTE = re.compile(
    rb"['\"](/(?:home|var/www|srv|www|nas|kunden|usr/www|customers)/[^'\"\\\s]+)"
)
_CORE = re.compile(rb"version_checked\\*\";s:\d+:\\*\"([0-9.]+)")
_PLUGIN = re.compile(rb"s:\d+:\\*\"([A-Za-z0-9._-]+/[A-Za-z0-9._-]+\.php)")
_OTHERS = {
    b"PostgreSQL database dump": "PostgreSQL",
    b"SQLite format": "SQLite",
    b"PRAGMA foreign_keys": "SQLite",
}
_ENDS = (b"-- Dump completed", b"-- Ende", b"/*!40101 SET", b"COMMIT;", b"/*M!100616 SET")


@dataclass(slots=True)
class Tables:
    """Found in the dump. `sizes`: bytes of SQL a table; `plugins` are those that are active."""

    prefix: str = ""
    home: str = ""
    siteurl: str = ""
    """The address of WordPress itself, which may have a folder more, or another host."""
    wordpress: str = ""
    sizes: dict[str, int] = field(default_factory=dict[str, int])
    engines: dict[str, str] = field(default_factory=dict[str, str])
    definers: set[str] = field(default_factory=set[str])
    paths: set[str] = field(default_factory=set[str])
    plugins: tuple[str, ...] = ()
    bytes: int = 0
    filling: str = ""
    """The table that the lines being read fill."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """`home` first."""
        return tuple(dict.fromkeys(each for each in (self.home, self.siteurl) if each))

    @property
    def multisite(self) -> bool:
        return f"{self.prefix}blogs" in self.sizes


def open_tables(path: Path) -> IO[bytes]:
    """The SQL of a .sql, .sql.gz or .sql.zst file as a stream."""
    if path.name.endswith(".gz"):
        return gzip.open(path)  # type: ignore[return-value]
    stream = path.open("rb")
    if path.name.endswith(".zst"):
        reader = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
        return io.BufferedReader(reader)  # type: ignore[arg-type]
    return stream


def read_tables(path: Path) -> Tables:
    """Raises OperationError: it is no dump of WordPress by MySQL, it is broken, it ends early."""
    found, last, quotes = Tables(), b"", Quotes()
    try:
        with open_tables(path) as stream:
            for line in _lines(stream):
                found.bytes += len(line)
                _read(found, line, path, within=quotes.within(line))
                last = line.strip() or last
    except (OSError, EOFError, zstandard.ZstdError) as error:
        raise OperationError(f"{path} can't be read ({error}); fetch it again") from None
    _judge(found, last, path)
    return found


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while line := stream.readline(_LINE):
        while line.endswith(b"\\"):  # of an escape, whose other half has to be beside it
            line += stream.read(1)
        yield line


def _read(found: Tables, line: bytes, path: Path, *, within: bool) -> None:
    if not within:
        _read_beginning(found, line, path)
    found.definers |= {_text(each) for each in _DEFINER.findall(line)}
    if found.filling:
        found.sizes[found.filling] = found.sizes.get(found.filling, 0) + len(line)
        if found.filling.endswith("options"):
            _read_options(found, found.filling, line)
    if len(found.paths) < 5:
        found.paths |= {_text(each) for each in _ABSOLUTE.findall(line)[:5]}


def _read_beginning(found: Tables, line: bytes, path: Path) -> None:
    for mark, product in _OTHERS.items():
        if mark in line[:200]:
            raise OperationError(f"{path} is a dump of {product}; WordPress here runs on MySQL")
    if _OTHER.match(line):
        found.filling = ""
    if created := _CREATE.match(line):
        found.sizes.setdefault(_text(created[1]), 0)
    if (engine := _ENGINE.search(line)) and found.sizes:
        found.engines[next(reversed(found.sizes))] = _text(engine[1])
    if inserted := _INSERT.match(line):
        found.filling = _text(inserted[1])


def _read_options(found: Tables, table: str, line: bytes) -> None:
    for name in ("siteurl", "home"):
        said = re.search(rb"'" + name.encode() + rb"',\s*'(https?:[^']+)'", line)
        if said:
            setattr(found, name, _text(said[1]).rstrip("/"))
            found.prefix = table.removesuffix("options")
    if core := _CORE.search(line):
        found.wordpress = _text(core[1])
    active = re.search(rb"'active_plugins',\s*'(.*?)',\s*'(?:yes|on|auto)", line, re.DOTALL)
    if active:
        found.plugins = tuple(sorted({_text(each) for each in _PLUGIN.findall(active[1])}))


def _judge(found: Tables, last: bytes, path: Path) -> None:
    if not found.sizes:
        raise OperationError(
            f"{path} makes no tables: it is no dump by mysqldump, phpMyAdmin or wp db export"
        )
    found.home = found.home or found.siteurl
    if not found.home:
        raise OperationError(
            f"{path} has no options of a WordPress with its address; is it another program's dump?"
        )
    if not (last.startswith(_ENDS) or last.endswith(b";")):
        raise OperationError(f"{path} ends early, in the middle of a statement; make it again")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
