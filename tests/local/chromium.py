"""A site as Chromium shows it to a person at this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

SECONDS = 60


def opened(address: str, folder: Path) -> str:
    """The document at an address once its scripts have run. `folder`: for the profile."""
    # As root it refuses its own sandbox.
    options = ["--no-sandbox", f"--user-data-dir={folder}", "--dump-dom"]
    done = subprocess.run(
        ["chromium-headless-shell", *options, address],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout
