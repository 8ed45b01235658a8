"""All-in-One WP Migration's `.wpress`: a row of headers and contents, without compression.

A header is 4,377 bytes: name 255, size 14, time 12, folder 4,096, each padded with NUL; since 2025
the last eight of the folder's are the content's CRC-32 in hexadecimal digits. One without a name
ends the file. (ServMask, `Ai1wm_Archiver`.)
"""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fleet.operations.data.incoming.sources import Incoming
from fleet.operations.problem import OperationError

_NAME, _SIZE, _TIME, _FOLDER, _CRC = 255, 14, 12, 4_088, 8
HEADER = _NAME + _SIZE + _TIME + _FOLDER + _CRC
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
        """Everything in it.

        Raises OperationError for a file that was cut off, is packed or encrypted; what is opened
        raises it where it is read to its end and isn't what its CRC says.
        """
        whole = self.path.stat().st_size
        with self.path.open("rb") as stream:
            while True:
                header = stream.read(HEADER)
                if len(header) == HEADER and header[0] == 0:
                    return
                at = stream.tell()
                name, size, time, crc = self._header(header)
                if at + size > whole:
                    raise self._broken()
                opened = self._opener(name, at, size, crc)
                if name == FACTS:
                    self._require_plain(opened().read())
                yield Incoming(name, size, time, opened)
                stream.seek(at + size)

    def _header(self, header: bytes) -> tuple[str, int, int, int | None]:
        if len(header) < HEADER:
            raise self._broken()
        fields = list[str]()
        rest = header
        for length in (_NAME, _SIZE, _TIME, _FOLDER):
            fields.append(rest[:length].partition(b"\0")[0].decode("utf-8", "surrogateescape"))
            rest = rest[length:]
        name, size, time, folder = fields
        try:
            sizes = int(size), int(time or 0)
        except ValueError:
            raise self._broken() from None
        crc = int(rest, 16) if re.fullmatch(rb"[0-9a-fA-F]{8}", rest) else None
        return (name if folder in ("", ".") else f"{folder}/{name}"), *sizes, crc

    def _require_plain(self, facts: bytes) -> None:
        try:
            said: Any = json.loads(facts)
        except ValueError:
            raise self._broken() from None
        if said.get("Encrypted"):
            raise OperationError(f"{self.path} is encrypted; export it there without a password")
        if (said.get("Compression") or {}).get("Enabled"):
            raise OperationError(
                f"{self.path} is compressed its own way; export it there without compression"
            )

    def _broken(self) -> OperationError:
        return OperationError(f"{self.path} ends early or is no .wpress file; fetch it again")

    def _opener(self, name: str, at: int, size: int, crc: int | None) -> Callable[[], IO[bytes]]:
        def opened() -> IO[bytes]:
            stream = self.path.open("rb")
            stream.seek(at)
            return io.BufferedReader(_Part(stream, size, crc, f"{self.path}: {name}"))

        return opened


class _Part(io.RawIOBase):
    """So many bytes of a file from where it stands, which have a CRC-32 if one is known."""

    def __init__(self, stream: IO[bytes], size: int, crc: int | None, name: str) -> None:
        self._stream, self._left, self._crc, self._name = stream, size, crc, name
        self._found = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """The number of bytes; 0 at the end."""
        found = self._stream.read(min(len(buffer), self._left))
        buffer[: len(found)] = found
        self._left -= len(found)
        self._found = zlib.crc32(found, self._found)
        if self._left == 0 and self._crc not in (None, self._found):
            raise OperationError(f"{self._name} is not what its checksum says; fetch it again")
        return len(found)

    def close(self) -> None:
        self._stream.close()
        super().close()
