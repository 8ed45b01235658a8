"""Whether a line of SQL begins within a value, whose line ends some programs leave as they are."""

from __future__ import annotations

import re

# The servers' own programs write \n for each, and name themselves at the beginning.
_ESCAPES = re.compile(rb"-- (?:MySQL|MariaDB) dump")
_ENDS = {
    quote: re.compile(rb"(?:[^\\%b]++|\\.)*+%b" % (quote, quote), re.DOTALL)
    for quote in (b"'", b'"', b"`")
}
_OUTSIDE = re.compile(
    rb"(?:[^'\"`#/-]++|'(?:[^'\\]++|\\.)*+'|\"(?:[^\"\\]++|\\.)*+\"|`[^`]*+`"
    rb"|--(?:(?=\s)|(?<![^\n]--))[^\n]*+|#[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/|[/-])*+",
    re.DOTALL,
)


class Quotes:
    """Is told all lines, one after another; a long one may come in parts."""

    def __init__(self) -> None:
        self._escaped = False
        self._open = b""

    def within(self, line: bytes) -> bool:
        """Whether the line begins within a value, or in the middle of a name."""
        if self._escaped:
            return False
        if not self._open and _ESCAPES.match(line):
            self._escaped = True
        was_open, at = self._open, 0
        if was_open:
            end = _ENDS[was_open].match(line)
            if end is None:
                return True
            at = end.end()
        outside = _OUTSIDE.match(line, at)
        self._open = b"" if outside is None else line[outside.end() : outside.end() + 1]
        return bool(was_open)
