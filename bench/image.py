"""The image against a stock WordPress, side by side in one run: `python -m bench.image`.

Writes a section of docs/benchmarks.md. Needs the Debian packages of setup/debian and a C compiler.
Takes about twelve minutes. The sides take turns, so that what else the machine does hits both; the
table shows the median of the turns.
"""

import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.image_sides import (
    WORKERS,
    Side,
    copy_schema,
    fill,
    fleet_side,
    stock_side,
)
from bench.report import machine, write_section
from components.task import CONTENT_PATH
from tests.runtime.stage.database import Database
from tests.runtime.stage.image import fleet_image
from tests.runtime.stage.podman import is_mine, network, remove
from tests.runtime.stage.site import StagedSite
from tests.runtime.stage.task import program_task

LUA = Path(__file__).parent / "wrk_percentiles.lua"
TURNS = 4
SECONDS = 3  # a turn
WARM_UP_SECONDS = 5  # a first page may take two of them
PATIENCE = 20  # seconds: a turn without an answer, as on a busy machine, is taken again, longer
CONNECTIONS = 8  # twice the PHP workers, so that none of them idles
UNCACHED = {"Cookie": "wp-postpass_x=x"}  # neither side's WordPress does more for it

COUNTS = (3, 4, 8)  # of workers

MODES = ("content", "uploads")
EFS_MICROSECONDS = 800  # a metadata call on EFS

TEXT = """\
## The image against a stock WordPress

`python -m bench.image`: WordPress 7.1 with the theme Twenty Twenty-Five and 200 posts,
nginx and php-fpm with {workers} workers on each side, one MySQL. The stock side is the official
image's configuration, with core, plugins and themes on the mount and no TLS to the database. Load
by wrk with {connections} connections; the sides take turns of {seconds} s, the table shows the
median of {turns}. The page is the front page with ten posts. An uncached page is one that bypasses
the page cache; the dashboard is its list of posts (`edit.php`). File calls are counted by strace:
calls that name a file on the mount or list a folder there. Memory is what a worker holds for itself
alone.

Two measures of an uncached page, because they say different things. *One visitor* asks for one page
after the other: it is what somebody waits for, and where file calls weigh most. Under *load* more
ask than there are workers: while one worker waits for a file, another computes, so a task gives as
many pages as half a vCPU computes, and file calls weigh less the more workers there are.

### With the latency of EFS

Each file call on the mount takes {milliseconds} ms more, as on EFS: a FUSE file system adds them
(`tests/runtime/stage/access_point.c`).

{slow}

### With the mount on local disk

A file call costs next to nothing. What remains of an uncached page is WordPress's own PHP. The
fleet's side keeps what core makes of the theme's JSON files, which core makes anew on each request;
PHP may compile to machine code besides (`FLEET_PHP_JIT`). The fleet's side connects to the database
over TLS, stock doesn't.

{local}

### Workers

A task of 1 GiB has three workers for pages, one for installations and one for events, each with
128 MiB; were a request given 64 MiB, it would have eight for pages. Here 16 ask at once.

{workers_table}

{machine}
"""


@dataclass(frozen=True)
class Load:
    per_second: float
    p50: float
    """Milliseconds, as p95."""
    p95: float
    cpu: float
    """Milliseconds of PHP's CPU time an answer: what other work on the machine hardly changes."""


@dataclass(frozen=True)
class Kind:
    """What is asked for, and by how many at once."""

    name: str
    path: str = "/"
    connections: int = CONNECTIONS


def wrk(side: Side, kind: Kind, headers: Mapping[str, str], seconds: int = SECONDS) -> Load:
    """One turn of load. Raises RuntimeError if an answer was an error."""
    host = side.home.removeprefix("https://")
    sent = {"Host": host, "X-Forwarded-Proto": "https", **headers}
    before = side.worker_seconds()
    done = subprocess.run(
        [
            *("wrk", "-t1", f"-c{kind.connections}", f"-d{seconds}s", "-T30s", "-s", str(LUA)),
            *(word for name, value in sent.items() for word in ("-H", f"{name}: {value}")),
            f"http://{side.address}{kind.path}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    per_second, p50, p95, errors = done.stdout.rsplit("RESULT ", 1)[1].split()
    if errors != "0":
        raise RuntimeError(f"{side.name}: {errors} errors\n{done.stdout}")
    answers = float(per_second) * seconds
    if not answers:
        if seconds > PATIENCE:
            raise RuntimeError(f"{side.name}: no answer to {kind.name} within {seconds} s")
        return wrk(side, kind, headers, 2 * seconds)
    cpu = 1000 * (side.worker_seconds() - before) / answers
    return Load(float(per_second), float(p50), float(p95), cpu)


def median(loads: Sequence[Load]) -> Load:
    return Load(
        statistics.median(load.per_second for load in loads),
        statistics.median(load.p50 for load in loads),
        statistics.median(load.p95 for load in loads),
        statistics.median(load.cpu for load in loads),
    )


def compare(sides: Sequence[Side]) -> dict[str, list[Load]]:
    """Loads by kind of page, in the order of `sides`."""
    cookies = [{"Cookie": side.log_in_cookies()} for side in sides]
    kinds = {
        Kind("anonymous page"): [{} for _ in sides],
        Kind("uncached page, one visitor", connections=1): [UNCACHED for _ in sides],
        Kind("uncached page"): [UNCACHED for _ in sides],
        Kind("logged-in page"): cookies,
        Kind("dashboard", "/wp-admin/edit.php"): cookies,
    }
    results: dict[str, list[Load]] = {}
    for kind, headers in kinds.items():
        turns: list[list[Load]] = [[] for _ in sides]
        for side, sent in zip(sides, headers, strict=True):
            side.warm_up(kind.path, sent)
            wrk(side, kind, sent, WARM_UP_SECONDS)
        for _ in range(TURNS):
            for loads, side, sent in zip(turns, sides, headers, strict=True):
                loads.append(wrk(side, kind, sent))
        results[kind.name] = [median(loads) for loads in turns]
    return results


def table(sides: Sequence[Side], loads: Mapping[str, Sequence[Load]], calls: Sequence[int]) -> str:
    header = ["", *(side.name for side in sides)]
    rows = [header, ["---", *("---:" for _ in sides)]]
    stock = len(sides) - 1
    for kind, results in loads.items():
        base = results[stock].per_second
        rows.append(
            [f"{kind}, requests/s"]
            + [f"{r.per_second:,.0f} ({r.per_second / base:.1f}x)" for r in results]
        )
        rows.append([f"{kind}, p50 / p95 ms", *(f"{r.p50:.1f} / {r.p95:.1f}" for r in results)])
        rows.append([f"{kind}, CPU time of PHP ms", *(f"{r.cpu:.1f}" for r in results)])
    rows.append(["file calls on the mount, warm uncached page", *(str(c) for c in calls)])
    rows.append(
        ["start to first healthy answer, s", *(f"{s.seconds_to_healthy:.2f}" for s in sides)]
    )
    rows.append(["memory a PHP worker, MiB", *(f"{s.worker_memory():.0f}" for s in sides)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def measure(sites: Sequence[StagedSite], folder: Path, latency: int, *, jit: bool = False) -> str:
    """A table of all sides, each started anew on mounts of that latency.

    `jit` adds the last site once more, with PHP's JIT.
    """
    folder.mkdir()
    with ExitStack() as stack:
        sides = [
            stack.enter_context(fleet_side(site, CONTENT_PATH[site.name], latency))
            for site in sites
        ]
        if jit:
            mount = CONTENT_PATH[sites[-1].name]
            compiling = fleet_side(sites[-1], mount, latency, ", JIT", FLEET_PHP_JIT="on")
            sides.append(stack.enter_context(compiling))
        sides.append(stack.enter_context(stock_side(sites[0], folder, latency)))
        loads = compare(sides)
        calls = [side.file_calls(folder / f"trace-{number}") for number, side in enumerate(sides)]
        return table(sides, loads, calls)


def compare_workers(site: StagedSite) -> str:
    """A table of the site on local disk with as many workers as tasks of 1 GiB may have."""
    rows = [["workers for pages", "uncached page, requests/s", "p50 / p95 ms"], ["---:"] * 3]
    with ExitStack() as stack:
        sides = [
            stack.enter_context(
                fleet_side(site, CONTENT_PATH[site.name], 0, FLEET_WORKERS=str(count))
            )
            for count in COUNTS
        ]
        kind = Kind("uncached page", connections=2 * max(COUNTS))
        turns: list[list[Load]] = [[] for _ in sides]
        for side in sides:
            side.warm_up(kind.path, UNCACHED)
            wrk(side, kind, UNCACHED, WARM_UP_SECONDS)
        for _ in range(TURNS):
            for loads, side in zip(turns, sides, strict=True):
                loads.append(wrk(side, kind, UNCACHED))
    for count, load in zip(COUNTS, map(median, turns), strict=True):
        rows.append([str(count), f"{load.per_second:.1f}", f"{load.p50:.0f} / {load.p95:.0f}"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def section() -> str:
    """Measures, and returns Markdown."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("database", *MODES):
            (folder / part).mkdir()
        network()
        stack.callback(remove, is_mine)
        image = fleet_image()
        database = Database(folder / "database", require_tls=False)
        sites: list[StagedSite] = []
        for mode in MODES:
            fields = {
                "domains": [f"{mode}.example.com"],
                "title": "Benchmark",
                "storage": {"mode": mode},
            }
            task = program_task(mode, fields)
            sites.append(StagedSite(mode, fields, task, image, database, folder / mode))
            stack.callback(sites[-1].close)
            sites[-1].init()
            fill(sites[-1])
        copy_schema(sites[0], database)
        return TEXT.format(
            local=measure(sites, folder / "local", 0, jit=True),
            workers_table=compare_workers(sites[-1]),
            slow=measure(sites, folder / "slow", EFS_MICROSECONDS),
            milliseconds=EFS_MICROSECONDS / 1000,
            turns=TURNS,
            seconds=SECONDS,
            connections=CONNECTIONS,
            workers=WORKERS,
            machine=machine(),
        )


def main() -> None:
    """Measures, prints and records."""
    text = section()
    print(text)
    write_section("bench.image", text)


if __name__ == "__main__":
    main()
