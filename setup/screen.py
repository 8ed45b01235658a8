"""Progress of long steps: one line that moves on a terminal, a line now and then in a pipe."""

import sys
import threading
import time
from types import TracebackType
from typing import Self

TERMINAL_PERIOD = 1.0
PIPE_PERIOD = 15.0
WIDTH = 79


class Step:
    """A step that takes long. Says what it does, how far it is and how long it has taken."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._note = ""
        self._start = time.monotonic()
        self._terminal = sys.stdout.isatty()
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        if not self._terminal:
            print(f"{self._title} ...", flush=True)
        self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._over.set()
        self._ticker.join()
        if self._terminal:
            print("\r\033[K", end="")
        word = "done" if kind is None else "stopped"
        print(f"{self._title}: {word} after {self._elapsed()}", flush=True)

    def note(self, text: str) -> None:
        """Where the step is now; shown at the next tick."""
        self._note = text

    def _elapsed(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._start), 60)
        return f"{minutes}:{seconds:02}"

    def _tick(self) -> None:
        period = TERMINAL_PERIOD if self._terminal else PIPE_PERIOD
        while not self._over.wait(period):
            line = f"{self._title} [{self._elapsed()}] {self._note}".rstrip()
            if self._terminal:
                print(f"\r\033[K{line[:WIDTH]}", end="", flush=True)
            else:
                print(line, flush=True)
