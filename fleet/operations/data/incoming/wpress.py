"""All-in-One WP Migration's `.wpress`: a row of headers and contents, without compression.

A header is 4,377 bytes: name 255, size 14, time 12, folder 4,096, each padded with NUL. One of NULs
alone ends the file. (ServMask, `Ai1wm_Archiver`.)
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fleet.operations.data.incoming.sources import Incoming
from fleet.operations.problem import OperationError

_NAME, _SIZE, _TIME, _FOLDER = 255, 14, 12, 4_096
HEADER = _NAME + _SIZE + _TIME + _FOLDER
# At its top are these; the rest is what lies in wp-content.
TABLES, FACTS = "database.sql", "package.json"


@dataclass(frozen=True, slots=True)
class Wpress:
    """One such file."""

    path: Path

    def files(self) -> Iterator[Incoming]:
        """Those of wp-content."""
        for file in self.entries():
            if file.path not in (TABLES, FACTS):
                yield Incoming(f"wp-content/{file.path}", file.bytes, file.time, file.open)

    def entries(self) -> Iterator[Incoming]:
        """Everything in it. Raises OperationError for a file that was cut off."""
        whole = self.path.stat().st_size
        with self.path.open("rb") as stream:
            while True:
                header = stream.read(HEADER)
                if len(header) == HEADER and not header.strip(b"\0"):
                    return
                at = stream.tell()
                name, size, time = self._header(header)
                if at + size > whole:
                    raise self._broken()
                yield Incoming(name, size, time, lambda at=at, size=size: self._open(at, size))
                stream.seek(at + size)

    def _header(self, header: bytes) -> tuple[str, int, int]:
        if len(header) < HEADER:
            raise self._broken()
        fields = list[str]()
        for length in (_NAME, _SIZE, _TIME, _FOLDER):
            fields.append(header[:length].rstrip(b"\0").decode("utf-8", "surrogateescape"))
            header = header[length:]
        name, size, time, folder = fields
        try:
            sizes = int(size), int(time or 0)
        except ValueError:
            raise self._broken() from None
        return (name if folder in ("", ".") else f"{folder}/{name}"), *sizes

    def _broken(self) -> OperationError:
        return OperationError(f"{self.path} ends early or is no .wpress file; fetch it again")

    def _open(self, at: int, size: int) -> IO[bytes]:
        stream = self.path.open("rb")
        stream.seek(at)
        return io.BufferedReader(_Part(stream, size))


class _Part(io.RawIOBase):
    """So many bytes of a file from where it stands."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream, self._left = stream, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """The number of bytes; 0 at the end."""
        found = self._stream.read(min(len(buffer), self._left))
        buffer[: len(found)] = found
        self._left -= len(found)
        return len(found)

    def close(self) -> None:
        self._stream.close()
        super().close()
