"""Room on the disks that the environment `local` writes on: its own folder's, and the engine's."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

MEBIBYTE = 1024 * 1024
# With less nothing is begun: a site's first files take 30 MB and the account's state some MB, and
# a container that can't write fails in words of its own.
LEAST_BYTES = 128 * MEBIBYTE


def shortage(folders: Iterable[Path]) -> str | None:
    """Which disk is full, in a line that says what goes on then; None when each has room.

    `folders`: one on each disk. One that isn't of this machine, as Docker Desktop's, has room.
    """
    for folder in folders:
        if not folder.exists():
            continue
        free = shutil.disk_usage(folder).free
        if free < LEAST_BYTES:
            return (
                f"the disk of {folder} is full ({free // MEBIBYTE} MB are free, "
                f"{LEAST_BYTES // MEBIBYTE} are needed): nothing is started or stopped until there "
                "is room again; what runs goes on, and nothing is lost"
            )
    return None
