"""Who gets Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_to_the_command() -> Iterator[None]:
    """Lets Ctrl-C through to a program on the same terminal, without ending this one.

    A handler that does nothing, rather than ignoring the signal, which the program would inherit.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
