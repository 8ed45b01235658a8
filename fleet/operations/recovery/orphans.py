"""Plugins that outlive a killed engine: they may still be creating something."""

import re
import socket
from pathlib import Path

import psutil

# A plugin gets its engine's address as an argument.
_ENGINE = re.compile(r"127\.0\.0\.1:(\d+)")
_PLUGIN = re.compile(r"pulumi-(resource|language)-|simulator\.(plugin|awsx)")
# A plugin that notices its engine's end stops by itself.
PATIENCE_SECONDS = 5.0


def end_orphans(folder: Path) -> int:
    """Ends the plugins in `folder` whose engine is gone; gives how many there were.

    Until they have ended, what they were creating may still come into being, unseen.
    """
    orphans = [process for process in psutil.process_iter() if _is_orphan(process, folder)]
    _, alive = psutil.wait_procs(orphans, timeout=PATIENCE_SECONDS)
    for process in alive:
        process.terminate()
    _, alive = psutil.wait_procs(alive, timeout=PATIENCE_SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=PATIENCE_SECONDS)
    return len(orphans)


def _is_orphan(process: psutil.Process, folder: Path) -> bool:
    try:
        command = " ".join(process.cmdline())
        engine = _ENGINE.search(command)
        return (
            engine is not None
            and _PLUGIN.search(command) is not None
            and Path(process.cwd()) == folder
            and not _answers(int(engine[1]))
        )
    except (psutil.Error, OSError):
        # Another user's, or gone in the meantime.
        return False


def _answers(port: int) -> bool:
    with socket.socket() as connection:
        connection.settimeout(1)
        return connection.connect_ex(("127.0.0.1", port)) == 0
