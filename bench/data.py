"""Dump, load and replacing beside plain tools: `python -m bench.data [--by-row-up-to MB] [MB …]`.

Of 100 and 1,000 MB unless told. Writes a section of docs/benchmarks.md. Needs the Debian packages
of setup/debian, and on disk about seven times the largest size. Takes some two minutes for each
100 MB, and a quarter of that above the size up to which rows are replaced one by one.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import read_through
from bench.data_sides import (
    MB,
    PLAIN,
    Figure,
    by_row_words,
    fill,
    filter_words,
    ours,
    plain_dump,
    plain_load,
    timed,
)
from bench.report import machine, write_section
from components.task import SCRATCH
from fleet.names import schema_name
from tests.runtime.conftest import MakeSite, sites
from tests.runtime.stage.bucket import Bucket, bucket
from tests.runtime.stage.data import SIZE
from tests.runtime.stage.database import Database
from tests.runtime.stage.image import fleet_image
from tests.runtime.stage.podman import is_mine, network, new_name, remove

SIZES = (100, 1_000)
FILE = f"{SCRATCH['tmp']}/plain.sql"
KNOBS = {"FLEET_LOAD_SETTLE_SECONDS": "1"}

TEXT = """\
## A site's data

`python -m bench.data {arguments}`: posts of 4 kB and eight rows of metadata each; every post, and a
row of metadata of each, names the site's address. All in containers of {cpu} CPU units and
{memory} MiB, beside one MySQL over TLS. Plain is `mariadb-dump --single-transaction` to a file on
disk, and the client of MariaDB that reads it; row by row is what `wp search-replace --precise` does
(`bench/replace_by_row.php`), which takes half a minute for each 100 MB. The fleet's dump is also
compressed, hashed and in S3 at its end, so it is to be held against a plain one behind zstd; its
load is hashed, unpacked, replaced in, upgraded and put in place of the live tables, so against a
plain one and replacing row by row.
Upgrading and putting in place take some four seconds, however large the database is.

What a dump takes beyond a plain one is the compressing, on the same one vCPU; the server gives rows
faster than that. A load waits for the server, in one thread of which all rows go in, as a plain one
does.

{rows}

Memory is the most that the container had, pages of files that the kernel keeps included.

A copy of a site with {uploads:,} uploads, which it shows from its original's address: {copy:.0f} s
from `fleet clone`'s first task to a page of it, without the time in which Fargate starts three
tasks.

{machine}"""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one database of `megabytes` of SQL took: ours, and by plain tools."""

    megabytes: float
    dump: Figure
    plain_dump: Figure
    packed_dump: Figure
    load: Figure
    plain_load: Figure
    replaced: Figure
    by_row: Figure | None


def measure(make: MakeSite, store: Bucket, megabytes: int, *, rows: bool) -> Turn:
    """Fills a site, and takes its tables through all of it."""
    source = make(name=f"from-{megabytes}", size=SIZE)
    target = make(name=f"to-{megabytes}", size=SIZE, knobs=KNOBS)
    for site in (source, target):
        site.init()
    fill(source, megabytes)
    source.database.sql(
        f"CREATE DATABASE {PLAIN}; GRANT ALL ON {PLAIN}.* TO '{schema_name(source.name)}'@'%'"
    )
    place, task = store.place(source.name, megabytes), new_name()

    def plain(work: str) -> Figure:
        return timed(source, work, store, task)

    plain(plain_dump(source, ">/dev/null"))  # so that the server's disk is as warm for each
    packed_dump = plain(plain_dump(source, f"| zstd --quiet >{FILE}"))
    dump = timed(source, ours("fleet-dump", place, "--only", "database"), store)
    by_hand = plain(plain_dump(source, f">{FILE}"))
    loaded = plain(plain_load(PLAIN, FILE))
    by_row = plain(by_row_words(PLAIN, source.home, target.home)) if rows else None
    source.database.sql(f"DROP DATABASE {PLAIN}")
    replaced = plain(filter_words(FILE, source.host, target.home))
    load = timed(target, ours("fleet-load", place, "--only", "database"), store)
    sql = store.manifest(place)["database"]["sql_bytes"]
    for site in (source, target):
        site.database.sql(f"DROP DATABASE {site.schema}")
    return Turn(sql / MB, dump, by_hand, packed_dump, load, loaded, replaced, by_row)


def rows(turns: Sequence[Turn]) -> str:
    """A table with a column a size."""
    heads = ["", *(f"{turn.megabytes:,.0f} MB of SQL" for turn in turns)]
    lines = [heads, ["---", *("---:" for _ in turns)]]
    kinds: dict[str, Callable[[Turn], str]] = {
        "dump, s": lambda turn: _beside(turn.dump, turn.plain_dump),
        "of that the tables": lambda turn: f"{turn.dump.steps['database']:.1f}",
        "plain dump, s": lambda turn: f"{turn.plain_dump.seconds:.1f}",
        "plain dump and zstd, s": lambda turn: f"{turn.packed_dump.seconds:.1f}",
        "load, s": lambda turn: f"{turn.load.seconds:.1f}",
        "of that the new tables": lambda turn: f"{turn.load.steps['load']:.1f}",
        "plain load, s": lambda turn: f"{turn.plain_load.seconds:.1f}",
        "plain load and replacing row by row, s": lambda turn: _beside_both(turn),
        "replacing alone, s": lambda turn: _beside(turn.replaced, turn.by_row),
        "replacing row by row, s": lambda turn: _seconds(turn.by_row),
        "memory of the dump, MB": lambda turn: f"{turn.dump.peak / MB:,.0f}",
        "memory of the load, MB": lambda turn: f"{turn.load.peak / MB:,.0f}",
    }
    lines += [[name, *(shown(turn) for turn in turns)] for name, shown in kinds.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _seconds(figure: Figure | None) -> str:
    return "-" if figure is None else f"{figure.seconds:.1f}"


def _beside(one: Figure, other: Figure | None) -> str:
    times = "" if other is None else f" ({other.seconds / one.seconds:.1f}x)"
    return f"{_seconds(one)}{times}"


def _beside_both(turn: Turn) -> str:
    return "-" if turn.by_row is None else f"{turn.plain_load.seconds + turn.by_row.seconds:.1f}"


@contextmanager
def stage() -> Iterator[tuple[MakeSite, Bucket]]:
    """Sites beside one database, and a bucket."""
    network()
    with ExitStack() as stack:
        stack.callback(remove, is_mine)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for part in ("database", "account", "sites"):
            (folder / part).mkdir()
        folder.chmod(0o755)
        image, database = fleet_image(), Database(folder / "database")
        stack.callback(database.remove)
        store = stack.enter_context(bucket(folder / "account"))
        yield stack.enter_context(sites(image, database, folder / "sites")), store


def main(sizes: Sequence[int] = SIZES, by_row_up_to: int = SIZES[-1]) -> None:
    """Measures, prints and records."""
    with stage() as (make, store):
        copy = read_through.measure(make, store)
        turns = [measure(make, store, each, rows=each <= by_row_up_to) for each in sizes]
    text = TEXT.format(
        arguments=f"--by-row-up-to {by_row_up_to} {' '.join(map(str, sizes))}",
        rows=rows(turns),
        uploads=read_through.UPLOADS,
        copy=copy,
        machine=machine(),
        **SIZE,
    )
    print(text)
    write_section("bench.data", text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.data")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, metavar="MB")
    parser.add_argument("--by-row-up-to", type=int, default=SIZES[-1], metavar="MB")
    said = parser.parse_args()
    main(said.sizes, said.by_row_up_to)
