"""The provider's waiting: for refusals of AWS to pass, and for what AWS has taken to be done.

The real provider waits between one and twenty minutes, depending on the call. Here all of that
is a few seconds (SIMULATOR_PATIENCE), enough for another operation of the same run to finish.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

from simulator.errors import AwsError, ProviderError
from simulator.rows import Row

VARIABLE = "SIMULATOR_PATIENCE"
DEFAULT_SECONDS = 5.0
PAUSE_SECONDS = 0.05

T = TypeVar("T")


class Patience:
    """How long refused calls are repeated."""

    def __init__(self, seconds: float | None = None) -> None:
        given = os.environ.get(VARIABLE, "")
        self.seconds = seconds if seconds is not None else float(given or DEFAULT_SECONDS)

    def spend(self, row: Row, operation: str, call: Callable[[], T]) -> T:
        """The call's result; its AwsError when the row doesn't wait for it, or time is up."""
        deadline = time.monotonic() + self.seconds
        while True:
            try:
                return call()
            except AwsError as error:
                waits = any(part in str(error) for part in row.retries.get(operation, ()))
                if not waits or time.monotonic() >= deadline:
                    raise
            time.sleep(PAUSE_SECONDS)

    def wait(self, what: Callable[[], str | None]) -> None:
        """Until `what` says None; ProviderError with what it still said when time is up."""
        deadline = time.monotonic() + self.seconds
        while missing := what():
            if time.monotonic() >= deadline:
                raise ProviderError(f"timeout while waiting for {missing}")
            time.sleep(PAUSE_SECONDS)
