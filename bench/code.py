"""The code of a site in generations, at EFS's latency: `python -m bench.code [MEGABYTES]`.

Writes a section of docs/benchmarks.md, unless it is another size than the usual one. Needs the
Debian packages of setup/debian. Takes about fifteen minutes, most of them for the code to come in.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.report import machine, write_section
from bench.stage import stage
from components.task import DOCUMENT_ROOT
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.dashboard import install, plugin, switch, update
from tests.runtime.stage.site import StagedSite

EFS_MICROSECONDS = 778  # a file call takes so much longer there
MEGABYTES = 1000
FILE_BYTES = 25_000
FILES_A_PLUGIN = 2000
RUNS = 3
CHANGES = 10
LARGE = 5500  # files

PLAIN = f"""
for archive in $(find {DOCUMENT_ROOT}/wp-content/.fleet/items -name '*.tar.zst')
do folder=/tmp/$(basename $archive); mkdir $folder; tar -x --zstd -f $archive -C $folder || exit 1
done"""

TEXT = """\
## The code of a site

`python -m bench.code`: a site in `content` mode whose calls on the mount take {latency} ms more
each, as on EFS. Medians, the least and the most in brackets: of {runs} starts and installations, of
{changes} changes. The brought code packs to half its size, which is worse than code does.

| | s |
| --- | ---: |
{rows}

{machine}"""


def shown(times: Sequence[float]) -> str:
    middle = f"{statistics.median(times):.1f}"
    return f"{middle} ({min(times):.1f} to {max(times):.1f})" if len(times) > 1 else middle


def timed(action: Callable[[], object]) -> float:
    begun = time.monotonic()
    action()
    return time.monotonic() - begun


def bring(site: StagedSite, megabytes: int) -> int:
    """Puts code where a move from another host puts it. Returns how many files."""
    files = megabytes * 1_000_000 // FILE_BYTES
    for number in range(files):
        folder = site.files / f"plugins/moved-{number // FILES_A_PLUGIN}/{number // 100}"
        folder.mkdir(parents=True, exist_ok=True)
        text = os.urandom(FILE_BYTES // 2).hex()
        (folder / f"{number}.php").write_text(f"<?php // {text}")
    return files


def make_ready(site: StagedSite) -> None:
    """The init container, however long it takes. Raises RuntimeError if it fails."""
    site.made_schema()
    container = site.run("init")
    if container.wait(3600):
        raise RuntimeError(container.output())


def start(site: StagedSite) -> float:
    """Seconds from a new task's start to its first healthy answer."""
    mount = a_new_host(site)
    begun = time.monotonic()
    replica = site.start(mount=mount)
    wait_until(replica.serves, "the replica is healthy", 600)
    seconds = time.monotonic() - begun
    replica.container.kill()
    return seconds


def unpack(site: StagedSite) -> float:
    """Seconds of `tar` alone for the same archives: what the mount and the disk leave possible."""
    mount = a_new_host(site)
    return timed(lambda: site.run("wordpress", ["sh", "-c", PLAIN], mount=mount).wait(600))


def a_new_host(site: StagedSite) -> Path:
    """A mount whose files no cache has; what was written before is on the disk.

    The volumes of earlier tasks stay: a disk that discards what is deleted is busy for a minute
    with a gigabyte of small files.
    """
    os.sync()
    return site.mounted()


def install_large(site: StagedSite) -> list[float]:
    with site.visitor(site.started()) as admin:
        admin.timeout = 600
        admin.log_in()
        plugins = [plugin(f"large{number}", "1", more=LARGE) for number in range(RUNS)]
        return [timed(lambda files=files: install(admin, files)) for files in plugins]


def until(visitor: Visitor, words: str, **headers: str) -> float:
    """Seconds until the front page has these words."""
    return timed(lambda: wait_until(lambda: words in visitor.get("/", headers=headers).text, words))


def spread(site: StagedSite) -> tuple[list[float], list[float]]:
    """Seconds from the dashboard's answer on one task until another's visitors see it.

    Of a plugin's new version, and of a post's new title on a page that is kept.
    """
    code: list[float] = []
    pages: list[float] = []
    with site.visitor(site.started()) as admin, site.visitor(site.started()) as visitor:
        admin.log_in()
        install(admin, plugin("small", "0"))
        switch(admin, "small", "activate")
        for number in range(1, CHANGES + 1):
            update(admin, plugin("small", str(number)))
            words = f"small version {number} is whole"
            code.append(until(visitor, words, Cookie="wp-postpass_x=x"))
        nonce = {"X-WP-Nonce": admin.get("/wp-admin/admin-ajax.php?action=rest-nonce").text}
        for number in range(CHANGES):
            kept = lambda: visitor.get("/").headers["X-Cache"] == "HIT"  # noqa: E731
            wait_until(kept, "the page is kept")
            title = {"title": f"Title {number}."}
            admin.post("/wp-json/wp/v2/posts/1", json=title, headers=nonce).raise_for_status()
            pages.append(until(visitor, title["title"]))
    return code, pages


def measure(make: MakeSite, megabytes: int) -> dict[str, Sequence[float]]:
    """Seconds, by what takes them."""
    plain, moved = make(latency=EFS_MICROSECONDS), make(latency=EFS_MICROSECONDS)
    files = bring(moved, megabytes)
    code = f"{files:,} files of {megabytes:,} MB"
    inits = [timed(lambda site=site: make_ready(site)) for site in (plain, moved)]
    starts = [(start(plain), start(moved), unpack(moved)) for _ in range(RUNS)]
    changed, saved = spread(plain)
    return {
        "start to the first healthy answer, with the image's own code": [a for a, _, _ in starts],
        f"the same with {code}": [b for _, b, _ in starts],
        "`tar` alone, which unpacks the same archives to the same disk": [c for _, _, c in starts],
        "`fleet-schema` and `fleet-init` of a new site": inits[:1],
        f"the same where other hands put {code}, which are read once": inits[1:],
        f"a plugin of {LARGE:,} files installed from the dashboard": install_large(plain),
        "from the dashboard's answer to an update until another task has it": changed,
        "from a saved post until another task's visitors see it, on a kept page": saved,
    }


def main(megabytes: int = MEGABYTES) -> None:
    """Measures, prints and records."""
    with stage() as make:
        measured = measure(make, megabytes)
    text = TEXT.format(
        latency=EFS_MICROSECONDS / 1000,
        runs=RUNS,
        changes=CHANGES,
        rows="\n".join(f"| {what} | {shown(times)} |" for what, times in measured.items()),
        machine=machine(),
    )
    print(text)
    if megabytes == MEGABYTES:
        write_section("bench.code", text)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
