"""Which PHP plugins and themes ask for, by their headers."""

from __future__ import annotations

import re

from fleet.operations.data.incoming.sources import Incoming

# What `container/Dockerfile` builds unless told otherwise; a test compares.
IMAGE_PHP = (8, 4)
# WordPress reads so much of a file for its header, and by this pattern (get_file_data).
_READ = 8_192
_NEEDS = re.compile(rb"^(?:[ \t]*<\?php)?[ \t/*#@]*Requires PHP:[ \t]*(\d+)\.(\d+)", re.I | re.M)
# Where headers are.
_HEADERS = re.compile(r"plugins/(?:[^/]+/)?[^/]+\.php|themes/[^/]+/style\.css")


def needed(file: Incoming) -> tuple[int, int] | None:
    """The PHP that a plugin or a theme asks for in this file; None where it says nothing."""
    if not _HEADERS.fullmatch(file.path):
        return None
    with file.open() as stream:
        found = _NEEDS.search(stream.read(_READ))
    return (int(found[1]), int(found[2])) if found else None


def words(needs: dict[str, tuple[int, int]]) -> tuple[bool, str]:
    """Whether all of `needs`, by plugin or theme, is met by the image, and a sentence of it."""
    ours = ".".join(map(str, IMAGE_PHP))
    unmet = {name: version for name, version in needs.items() if version > IMAGE_PHP}
    if unmet:
        named = ", ".join(f"{name} needs {a}.{b}" for name, (a, b) in sorted(unmet.items()))
        return False, f"{named}, and the image has {ours}: build one with that PHP"
    if not needs:
        return True, f"neither plugins nor themes say what they need; the image has {ours}"
    most = ".".join(map(str, max(needs.values())))
    return True, f"plugins and themes need {most} at most; the image has {ours}"
