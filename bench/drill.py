"""Pages of a site while a backup of it is drilled: `python -m bench.drill [MB]`.

Of 1,000 MB of SQL unless told. Writes a section of docs/benchmarks.md. Needs on disk about five
times that. Takes some three minutes, and two for each 100 MB.
"""

import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.data import KNOBS, stage
from bench.data_sides import PATIENCE, fill, ours, timed
from bench.report import machine, write_section
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.bucket import Bucket
from tests.runtime.stage.container import Container
from tests.runtime.stage.data import SIZE
from tests.runtime.stage.site import Replica, StagedSite

MEGABYTES = 1_000
# Requests come one after the other, as far apart.
PAUSE = 0.1  # seconds
AROUND = 60.0  # seconds, before and after
# More than a page's copy in the cache of nginx outlives.
POSTS = 1_000
MS = 1_000

TEXT = """\
## Pages beside a drill

`python -m bench.drill {megabytes}`: posts of a site with {megabytes:,} MB of SQL, each page made
anew by PHP and MySQL, asked for one after the other, {pause:g} s apart: for {around:.0f} s before a
drill of the site's backup, as long as it goes on, and for {around:.0f} s after it. The site's one
task and the drill's, of {cpu} CPU units and {memory} MiB each, and the one MySQL of both share this
machine's processors, which on AWS they don't: there it is the database alone. The drill's load
rests three times as long as it works.

{rows}

The drill took {drill:.0f} s. No request failed.

{machine}"""


@dataclass(frozen=True, slots=True)
class Drilled:
    """Seconds of each page before, beside and after a drill, and of the drill."""

    pages: dict[str, list[float]]
    drill: float


def measure(make: MakeSite, store: Bucket, megabytes: int) -> Drilled:
    """Fills a site, backs it up, and drills it while it serves."""
    site = make(name="bench-drilled", size=SIZE, knobs=KNOBS)
    replica = site.replica()
    fill(site, megabytes)
    timed(site, ours("fleet-dump", store.place(site.name, 1), "--keep", "14,8,12"), store)
    chosen = "SELECT ID FROM wp_posts WHERE post_type = 'post' ORDER BY RAND() LIMIT"
    posts = itertools.cycle(site.sql(f"{chosen} {POSTS}").split())

    def pages(until: Callable[[], bool]) -> list[float]:
        return list(_pages(site, replica, posts, until))

    before = pages(_over(AROUND))
    begun, drill = time.monotonic(), _drill(site, store)
    beside = pages(lambda: drill.process.poll() is not None)
    taken = time.monotonic() - begun
    if drill.wait(PATIENCE):
        raise RuntimeError(f"the drill failed:\n{drill.output()[-3000:]}")
    return Drilled({"before": before, "beside": beside, "after": pages(_over(AROUND))}, taken)


def _drill(site: StagedSite, store: Bucket) -> Container:
    """Starts one as the clock does."""
    schema = site.run("schema", ["fleet-schema", "drill"])
    if schema.wait():
        raise RuntimeError(schema.output())
    newest = store.place(site.name, 1).rpartition("/")[0]
    command = ["fleet-task", "--kind", "drill", "--", "fleet-drill", newest]
    return site.run("wordpress", command, None, "", None, **store.environment)


def _over(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _pages(
    site: StagedSite, replica: Replica, posts: Iterator[str], until: Callable[[], bool]
) -> Iterator[float]:
    """Seconds of one page after the other. Raises RuntimeError for one that doesn't come."""
    with site.visitor(replica) as visitor:
        while not until():
            path, begun = f"/?p={next(posts)}", time.monotonic()
            answer = visitor.get(path, follow_redirects=True)
            yield time.monotonic() - begun
            if answer.status_code != 200 or "</html>" not in answer.text:
                raise RuntimeError(f"{path}: {answer.status_code}")
            time.sleep(PAUSE)


def rows(found: Drilled) -> str:
    """A table with a row a phase."""
    lines = ["| | pages | median ms | 95 % within ms | slowest ms |", "| --- |" + " ---: |" * 4]
    for name, taken in found.pages.items():
        within = statistics.quantiles(taken, n=20)[-1]
        each = (statistics.median(taken), within, max(taken))
        numbers = " | ".join(f"{MS * value:.0f}" for value in each)
        lines.append(f"| {name} | {len(taken):,} | {numbers} |")
    return "\n".join(lines)


def main(megabytes: int = MEGABYTES) -> None:
    """Measures, prints and records."""
    with stage() as (make, store):
        found = measure(make, store, megabytes)
    text = TEXT.format(
        megabytes=megabytes,
        pause=PAUSE,
        around=AROUND,
        rows=rows(found),
        drill=found.drill,
        machine=machine(),
        **SIZE,
    )
    print(text)
    write_section("bench.drill", text)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
