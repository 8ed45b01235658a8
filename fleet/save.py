"""Changing a file so that a crash at any moment leaves the old text or the new one, whole."""

from __future__ import annotations

import codecs
import fcntl
import os
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path


def change_file(
    path: Path, change: Callable[[str], str], check: Callable[[Path], None]
) -> tuple[str, str]:
    """Writes what `change` makes of the text. Returns the text before and after.

    `check` gets a file with the new text, in the same folder, before it takes the old one's place;
    what it raises leaves the file as it was. Line endings, a byte order mark, mode and owner stay.
    One change of a folder's files at a time, from any thread or process on this machine.
    """
    with _locked(path.parent):
        data = path.read_bytes()
        mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        before = data.removeprefix(mark).decode()
        after = change(before)
        if after != before:
            _replace(path, mark + after.encode(), check)
    return before, after


def _replace(path: Path, data: bytes, check: Callable[[Path], None]) -> None:
    prefix = f".{path.stem}-"
    for left in path.parent.glob(f"{prefix}*.new{path.suffix}"):
        # Of a run that was killed: the lock says that nobody else is at work here.
        left.unlink(missing_ok=True)
    target = path.resolve()
    old = target.stat()
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=f".new{path.suffix}", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), old.st_mode & 0o7777)
            if os.geteuid() == 0:
                os.fchown(file.fileno(), old.st_uid, old.st_gid)
            file.flush()
            os.fsync(file.fileno())
        check(new)
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
