"""The names that the engine knows the sample fleet's resources by.

`.venv/bin/python -m tests.program.golden` writes them again, after a change that was meant.
"""

from __future__ import annotations

from pathlib import Path

from tests.program.fleets import CERTIFICATE
from tests.program.monitor import RecordingMonitor
from tests.program.recording import PROGRAM, run_program

FILE = Path(__file__).with_name("golden_urns.txt")
COMMAND = ".venv/bin/python -m tests.program.golden"

# All that a setting adds to the base is in it: the network, the image, the shared database.
SETTINGS = {
    "adminEmail": "web@example.com",
    "certificateArn": CERTIFICATE,
    "sharedDatabase": {"minAcu": 0.5, "maxAcu": 4},
    "sitesFile": str(PROGRAM.with_name("sites.yaml")),
}


def urns() -> list[str]:
    """The URNs of sites.yaml on these settings, sorted."""
    return sorted(run_program(SETTINGS, RecordingMonitor("golden")).resources)


if __name__ == "__main__":
    FILE.write_text("".join(f"{urn}\n" for urn in urns()))
    print(f"{FILE}: {len(FILE.read_text().splitlines())} URNs")
