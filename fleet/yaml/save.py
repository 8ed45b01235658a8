"""Changing a file so that a crash at any moment leaves the old text or the new one, whole."""

from __future__ import annotations

import codecs
import fcntl
import os
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from fleet.problems import FleetError, Position, Problem
from fleet.yaml.text import decode, read_bytes


def change_file(
    path: Path, change: Callable[[str], str], check: Callable[[str], None]
) -> tuple[str, str]:
    """Writes what `change` makes of the text. Returns the text before and after.

    `check` gets the new text before it takes the old one's place; what it raises leaves the file as
    it was. Line endings, a byte order mark, mode and owner stay. One change of a folder's files at
    a time, from any thread or process on this machine. Raises FleetError for a file that can't be
    read or written.
    """
    target = path.resolve()
    if not target.is_file():
        read_bytes(path)  # which says what is there instead
    with _locked(target.parent):
        data = read_bytes(path)
        before = decode(path, data)
        after = change(before)
        if after != before:
            check(after)
            mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
            try:
                _replace(target, mark + after.encode())
            except OSError as error:
                raise _unwritable(path, error) from error
    return before, after


def _unwritable(path: Path, error: OSError) -> FleetError:
    found = f"found no way to write it ({(error.strerror or str(error)).lower()})"
    allowed = "a file in a folder that you may write to"
    problem = Problem.of(Position(str(path), 1, 1), "file", found, allowed, f"chmod u+w {path}")
    return FleetError([problem])


def _replace(target: Path, data: bytes) -> None:
    prefix, suffix = f".{target.stem}-", f".new{target.suffix}"
    for left in target.parent.glob(f"{prefix}*{suffix}"):
        # Of a run that was killed: the lock says that nobody else is at work here.
        left.unlink(missing_ok=True)
    old = target.stat()
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=target.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), old.st_mode & 0o7777)
            if os.geteuid() == 0:
                os.fchown(file.fileno(), old.st_uid, old.st_gid)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, target)
        _sync_folder(target.parent)
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    """Holds the folder itself, so that no lock file is left behind."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """The rename itself is on the disk only once the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
