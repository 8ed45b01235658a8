"""The names that the engine knows resources by, of a fleet with every choice in it.

Not of sites.yaml, which is its owner's to change. `.venv/bin/python -m tests.program.golden`
writes them again, after a change that was meant.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.program.fleets import OWN, VARIED, Programs
from tests.program.recording import Recording

FILE = Path(__file__).with_name("golden_urns.txt")
COMMAND = ".venv/bin/python -m tests.program.golden"


def urns(run: Recording) -> str:
    """All of a run, sorted, one a line."""
    return "".join(f"{urn}\n" for urn in sorted(run.resources))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        FILE.write_text(urns(Programs(Path(folder)).run(VARIED, OWN)))
    print(f"{FILE}: {len(FILE.read_text().splitlines())} URNs")
