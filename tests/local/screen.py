"""A command of the checkout's on a terminal, with somebody at the keys."""

from __future__ import annotations

import os
import pty
import subprocess
import termios
import threading
from collections.abc import Sequence
from contextlib import suppress

from simulator.local.engine import SWITCH
from tests.local.checkout import LocalCheckout
from tests.operations.stage.cells import FLEET, environment

LINES, COLUMNS = 30, 100
SECONDS = 60


def on_a_screen(checkout: LocalCheckout, *arguments: str, typed: Sequence[tuple[str, str]]) -> str:
    """What a terminal shows of `fleet VERB --env local ...`.

    `typed`: what is waited for at the end of what is shown, and the keys that are pressed then.
    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (LINES, COLUMNS))
    verb, *rest = arguments
    given = environment(None, {SWITCH: ""})
    del given["COLUMNS"]
    process = subprocess.Popen(
        [FLEET, verb, "--env", "local", *rest],
        cwd=checkout.folder,
        env=given,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    over = threading.Timer(SECONDS, process.kill)
    over.start()
    shown, keys = "", list(typed)
    # A terminal whose other side is closed reads as an error.
    with suppress(OSError):
        while chunk := os.read(ours, 65_536):
            shown += chunk.decode()
            if keys and shown.endswith(keys[0][0]):
                os.write(ours, keys.pop(0)[1].encode())
    process.wait()
    over.cancel()
    os.close(ours)
    return shown
