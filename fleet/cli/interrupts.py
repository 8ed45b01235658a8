"""Who gets Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# A closed terminal and a CI job that is cancelled mean the same as Ctrl-C.
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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


@contextmanager
def handed_to(stop: Callable[[], None]) -> Iterator[None]:
    """Calls `stop` at each Ctrl-C, and when this process is told to end, instead of ending."""
    before = {each: signal.signal(each, lambda *_: stop()) for each in STOPPING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
