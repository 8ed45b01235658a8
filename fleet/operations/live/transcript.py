"""What a command printed, out of the stream of a session that also talks of itself."""

from __future__ import annotations


class Transcript:
    """Finds a line `MARK`, then what the command prints, then `MARK:STATUS`.

    Bytes go in as they come, and out as soon as they can't be the end any more. The session has
    a terminal, which ends lines with CR LF; they come out as the command wrote them.
    """

    def __init__(self, mark: str) -> None:
        self._begin = f"{mark}\n".encode()
        self._end = f"{mark}:".encode()
        self._held = b""
        self._begun = False
        self.aside = b""
        """What the session said of itself."""
        self.status: int | None = None
        """The command's exit status, once it is known."""

    def take(self, chunk: bytes) -> bytes:
        """The next bytes of the session; the command's among them."""
        held = (self._held + chunk).replace(b"\r\n", b"\n")
        if not self._begun:
            self.aside, found, held = held.partition(self._begin)
            if not found:
                self._held = self.aside
                return b""
            self._begun = True
        out, found, rest = held.partition(self._end)
        if not found:
            keep = _overlap(held, self._end)
            self._held = held[len(held) - keep :]
            return held[: len(held) - keep]
        self._held = found + rest
        status, ended, _ = rest.partition(b"\n")
        if ended and self.status is None:
            self.status = int(status)
        return out


def _overlap(text: bytes, mark: bytes) -> int:
    """How many of the last bytes may be the beginning of the mark, or of a line's end."""
    longest = min(len(text), len(mark) - 1)
    for size in range(longest, 0, -1):
        if mark.startswith(text[-size:]):
            return size
    return 1 if text.endswith(b"\r") else 0
