"""What all checkouts of a user share: images and programs that take long to make."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path.home() / ".cache/wordpress-fleet/stage"


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Holds a lock that all processes of this user share."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
