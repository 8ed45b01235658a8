"""The life of a plugin's process, which the engine starts and ends."""

from __future__ import annotations

import os
import signal
import threading
import time

PARENT_SECONDS = 0.2  # between looks at whether the engine still lives


def leave_with_engine() -> None:
    """End this process when the engine asks for it, or is gone.

    The engine says goodbye with an interrupt and waits ten seconds for the process to obey.
    (Ctrl-C in a terminal doesn't reach plugins: they are in process groups of their own.) An
    engine that is killed says nothing; its child then gets another parent.
    """
    for goodbye in (signal.SIGINT, signal.SIGTERM):
        signal.signal(goodbye, lambda *_: os._exit(0))
    engine = os.getppid()

    def watch() -> None:
        while os.getppid() == engine:
            time.sleep(PARENT_SECONDS)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
