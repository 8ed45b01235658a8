"""The text of a file: bytes, encoding and characters, before any YAML."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from fleet.problems import FleetError, Position, Problem

# Ten thousand sites of fifteen lines are 4 MB.
MAX_BYTES = 16 * 1024 * 1024

_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# What YAML forbids outside escapes, and the line breaks of Unicode: YAML 1.1 counts those as
# lines and editors don't, so every position after one would be wrong.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)


def read_text(path: Path) -> str:
    """The text of the file, without a byte order mark. Raises FleetError."""
    return decode(path, read_bytes(path))


def decode(path: Path, data: bytes) -> str:
    """The text that the file's bytes are, without a byte order mark. Raises FleetError."""
    for mark, name in _OTHER_ENCODINGS:
        if data.startswith(mark):
            raise _error(
                path, 1, 1, f"found a file in {name}", "text in UTF-8", "the file saved as UTF-8"
            )
    try:
        text = data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode().removeprefix("\ufeff")
        found = f"found the byte 0x{data[error.start]:02x}, which is not UTF-8"
        raise _error(
            path, *_end_of(before), found, "text in UTF-8", "the file saved as UTF-8"
        ) from None
    if forbidden := _FORBIDDEN.search(text):
        code = f"{ord(forbidden.group()):04X}"
        found = f"found the invisible character U+{code}"
        place = _end_of(text[: forbidden.start()])
        raise _error(path, *place, found, "text, spaces and line feeds", f'"\\u{code}" in quotes')
    return text


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises FleetError for none, and for more than MAX_BYTES."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _error(
            path, 1, 1, "found no such file", "a file that exists", "fleet validate sites.yaml"
        ) from None
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise _error(
            path,
            1,
            1,
            f"found no readable file ({reason})",
            "a file that can be read",
            "sites.yaml",
        ) from None
    if len(data) > MAX_BYTES:
        found = f"found more than {MAX_BYTES // 2**20} MiB"
        raise _error(path, 1, 1, found, f"at most {MAX_BYTES // 2**20} MiB", "a file a fleet")
    return data


def _end_of(text: str) -> tuple[int, int]:
    """Line and column, from 1, of the character that follows `text`."""
    *before, last = re.split(r"\r\n|\r|\n", text)  # the line breaks of YAML
    return len(before) + 1, len(last) + 1


def _error(
    path: Path, line: int, column: int, found: str, allowed: str, example: str
) -> FleetError:
    position = Position(str(path), line, column)
    return FleetError([Problem.of(position, "file", found, allowed, example)])
