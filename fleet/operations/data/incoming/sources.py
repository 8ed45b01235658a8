"""Where the files of a site come from: a folder, zips, a .wpress file. Nothing unsafe is taken."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Protocol

from fleet.operations.data.listed import is_safe
from fleet.operations.problem import OperationError

# Beyond this a zip is a bomb: text shrinks to a tenth, and pictures not at all.
MOST_GROWTH = 200
# Below it nothing is dangerous.
_HARMLESS = 100_000_000
# What wp-content has, by which its like is known where nobody calls it so.
PARTS = frozenset({"plugins", "themes", "uploads", "mu-plugins", "languages"})
_ROOT = "wp-content/"
# APPNOTE.TXT of PKWARE's, 4.4.4, bit 11.
_SAYS_UTF_8 = 0x800


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file by its path below wp-content: size in bytes, time in seconds since 1970."""

    path: str
    bytes: int
    time: int
    open: Callable[[], IO[bytes]]


class Source(Protocol):
    """All files that a source has, wherever it has them."""

    def files(self) -> Iterator[Incoming]: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on this machine. A link is refused: it may lead anywhere."""

    folder: Path

    def files(self) -> Iterator[Incoming]:
        for place, folders, names in os.walk(self.folder):
            folders.sort()
            for name in [*folders, *sorted(names)]:
                path = Path(place) / name
                if path.is_symlink():
                    raise OperationError(
                        f"{path} is a link, which may lead out of the site; copy what it means: "
                        f"cp -rL {self.folder} NEW-FOLDER"
                    )
            for name in sorted(names):
                path = Path(place) / name
                found = path.stat()
                if stat.S_ISREG(found.st_mode):
                    inner = path.relative_to(self.folder).as_posix()
                    opened = _opener(path)
                    yield Incoming(inner, found.st_size, int(found.st_mtime), opened)


@dataclass(frozen=True, slots=True)
class Content:
    """A source that is a wp-content itself: all in it is the site's."""

    source: Source

    def files(self) -> Iterator[Incoming]:
        for file in self.source.files():
            yield replace(file, path=f"{_ROOT}{file.path}")


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


@dataclass(frozen=True, slots=True)
class Zips:
    """One zip or several that belong together."""

    paths: Sequence[Path]

    def files(self) -> Iterator[Incoming]:
        for path in self.paths:
            archive = open_zip(path)
            for entry in archive.infolist():
                if not entry.is_dir():
                    yield _entry(path, archive, entry)


def open_zip(path: Path) -> zipfile.ZipFile:
    """Raises OperationError for what is no whole zip, and for one that grows beyond reason."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise OperationError(f"{path} can't be read as a zip ({error}); fetch it again") from None
    whole = sum(entry.file_size for entry in archive.infolist())
    if whole > _HARMLESS and whole > MOST_GROWTH * path.stat().st_size:
        raise OperationError(
            f"{path} would grow to {whole:,} bytes, more than {MOST_GROWTH} times its size: "
            "no site does that; unpack it yourself and name the folder"
        )
    return archive


def _entry(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Incoming:
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise OperationError(f"{path}: {entry.filename} is a link, which may lead anywhere")
    if entry.flag_bits & 1:
        raise OperationError(f"{path} is encrypted; unpack it and name the folder")
    return Incoming(_name(entry), entry.file_size, 0, lambda: archive.open(entry))


def _name(entry: zipfile.ZipInfo) -> str:
    """The path as it was where the zip was made, with surrogates for bytes that are no UTF-8.

    Most programs on Linux write a name's bytes and don't say that they are UTF-8, for which a zip's
    are by its rules those of code page 437; some on Windows write its separators.
    """
    name = entry.filename
    if not entry.flag_bits & _SAYS_UTF_8:
        with suppress(UnicodeEncodeError):
            name = name.encode("cp437").decode("utf-8", "surrogateescape")
    return name.replace("\\", "/")


def content_of(source: Source) -> Iterator[Incoming]:
    """The files below the source's wp-content, by paths that start there.

    Where no folder is called so, but plugins, themes or uploads are at the top, all folders beside
    these are taken too; files are not, which may be a dump. Raises OperationError for paths that
    lead out, and for a source without a wp-content.
    """
    tops = {_top(file.path) for file in source.files()}
    if _ROOT not in tops and not tops & PARTS:
        raise OperationError(
            "there is no wp-content in the files: neither a folder of that name nor plugins, "
            "themes or uploads; name the folder that has them with --files"
        )
    for file in source.files():
        if not is_safe(file.path):
            raise OperationError(f"{file.path!r} leads out of the site: nothing of it was taken")
        path = _below(file.path, rooted=_ROOT in tops)
        if path is not None:
            yield Incoming(path, file.bytes, file.time, file.open)


def _top(path: str) -> str:
    """The folder at the top in which a file is; `wp-content/` for all that is below one."""
    top = path.partition("/")[0]
    return _ROOT if top not in PARTS and f"/{_ROOT}" in f"/{path}" else top


def _below(path: str, *, rooted: bool) -> str | None:
    """The path below wp-content; None for a file that is WordPress's or the host's own."""
    if rooted and _top(path) == _ROOT:
        return f"/{path}".partition(f"/{_ROOT}")[2]
    return path if "/" in path and (_top(path) in PARTS or not rooted) else None
