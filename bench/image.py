"""The image against a stock WordPress, side by side in one run: `python -m bench.image`.

Prints a section of docs/benchmarks.md. Needs the Debian packages of setup/debian and takes about
six minutes. The sides take turns, so that what else the machine does hits both; the table shows
the median of the turns.
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.image_sides import Side, fill, fleet_side, stock_side
from components.task import CONTENT_PATH
from tests.runtime.stage.image import build
from tests.runtime.stage.mariadb import MariaDB
from tests.runtime.stage.site import StagedSite
from tests.runtime.stage.task import program_task

LUA = Path(__file__).parent / "wrk_percentiles.lua"
TURNS = 5
SECONDS = 3  # a turn
CONNECTIONS = 8  # twice the PHP workers, so that none of them idles
UNCACHED = {"Cookie": "wp-postpass_x=x"}  # neither side's WordPress does more for it

# What the design asks for, as a factor of stock.
ANONYMOUS_FACTOR = 30
UNCACHED_FACTOR = 1.3


@dataclass(frozen=True)
class Load:
    per_second: float
    p50: float
    """Milliseconds, as p95."""
    p95: float


def wrk(side: Side, headers: Mapping[str, str], seconds: int = SECONDS) -> Load:
    """One turn of load on the front page. Raises RuntimeError if an answer was an error."""
    host = side.home.removeprefix("https://")
    sent = {"Host": host, "X-Forwarded-Proto": "https", **headers}
    done = subprocess.run(
        [
            *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(LUA)),
            *(word for name, value in sent.items() for word in ("-H", f"{name}: {value}")),
            f"http://127.0.0.1:{side.port}/",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    per_second, p50, p95, errors = done.stdout.rsplit("RESULT ", 1)[1].split()
    if errors != "0":
        raise RuntimeError(f"{side.name}: {errors} errors\n{done.stdout}")
    return Load(float(per_second), float(p50), float(p95))


def median(loads: Sequence[Load]) -> Load:
    return Load(
        statistics.median(load.per_second for load in loads),
        statistics.median(load.p50 for load in loads),
        statistics.median(load.p95 for load in loads),
    )


def compare(sides: Sequence[Side]) -> dict[str, list[Load]]:
    """Loads by kind of page, in the order of `sides`."""
    cookies = [side.log_in_cookies() for side in sides]
    kinds = {
        "anonymous page": [{} for _ in sides],
        "uncached page": [UNCACHED for _ in sides],
        "logged-in page": [{"Cookie": cookie} for cookie in cookies],
    }
    results: dict[str, list[Load]] = {}
    for kind, headers in kinds.items():
        turns: list[list[Load]] = [[] for _ in sides]
        for side, sent in zip(sides, headers, strict=True):
            wrk(side, sent, 2)
        for _ in range(TURNS):
            for loads, side, sent in zip(turns, sides, headers, strict=True):
                loads.append(wrk(side, sent))
        results[kind] = [median(loads) for loads in turns]
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
    rows.append(["file calls on the mount, warm uncached page", *(str(c) for c in calls)])
    rows.append(
        ["start to first healthy answer, s", *(f"{s.seconds_to_healthy:.2f}" for s in sides)]
    )
    rows.append(["memory a PHP worker, MiB", *(f"{s.worker_memory():.0f}" for s in sides)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def section() -> str:
    """Measures, and returns Markdown. Raises RuntimeError where a figure misses its aim."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("database", "uploads", "content", "stock"):
            (folder / part).mkdir()
        image = build(folder / "image")
        database = MariaDB(folder / "database", require_tls=False)
        stack.callback(database.stop)
        sides: list[Side] = []
        sites: list[StagedSite] = []
        for mode in ("content", "uploads"):
            fields = {
                "domains": [f"{mode}.example.com"],
                "title": "Benchmark",
                "storage": {"mode": mode},
            }
            site = StagedSite(
                mode, fields, program_task(mode, fields), image, database, folder / mode
            )
            stack.callback(site.close)
            site.init()
            fill(site)
            sites.append(site)
            sides.append(stack.enter_context(fleet_side(site, CONTENT_PATH[mode])))
        sides.append(stack.enter_context(stock_side(sites[0], image, database, folder / "stock")))
        loads = compare(sides)
        calls = [side.file_calls(folder / f"trace-{side.name}") for side in sides]
        return table(sides, loads, calls)


def main() -> int:
    print(section())
    return 0


if __name__ == "__main__":
    sys.exit(main())
