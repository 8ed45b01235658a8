"""Files that are hard to dump: odd names, links, and some that are written to meanwhile."""

import os

from tests.runtime.stage.site import StagedSite

PICTURE = "2026/a b'\u00fc.jpg"
# A log that grows, and a file of more than one part that is another whenever it is read.
BUSY = """cd /srv/site/wp-content/uploads && head -c 17000000 /dev/zero >busy
while :; do echo line >>log.txt; echo $((n += 1)) 1<>busy; sleep 0.01; done & writer=$!
cd / && "$@"; status=$?
kill $writer; rm /srv/site/wp-content/uploads/busy; exit $status"""


def busily(*words: str) -> list[str]:
    """A command while another process writes."""
    return ["bash", "-c", BUSY, "busy", *words]


def odd_files(site: StagedSite) -> None:
    picture = site.mount / "uploads" / PICTURE
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"\xff\xd8 a picture")
    (picture.parent / "out.jpg").symlink_to("/etc/passwd")
    (site.mount / os.fsdecode(b"uploads/gr\xfcn.jpg")).write_bytes(b"")
