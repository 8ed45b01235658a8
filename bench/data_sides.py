"""A database of a given size, and what fleet-dump, fleet-load and plain tools take for it.

All of them run in containers of the image with the size of a data task, beside one MySQL over TLS.
"""

import json
import random
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from tests.runtime.stage.bucket import Bucket
from tests.runtime.stage.database import quoted
from tests.runtime.stage.site import StagedSite

REPLACE = Path(__file__).with_name("replace_by_row.php")
FILTER = "/usr/local/share/fleet/data/rewrite.php"
COLUMNS = (
    "post_author, post_date, post_date_gmt, post_content, post_title, post_excerpt, "
    "post_status, post_name, to_ping, pinged, post_modified, post_modified_gmt, "
    "post_content_filtered, guid, post_type"
)
PATIENCE = 7_200.0  # seconds
MB = 1_000_000
# What is multiplied: more than zstd looks back, so that copies don't shrink to nothing.
POSTS = 1_000
METAS = 8  # a post
WORDS = 600  # a post
FIRST = 10_000  # of their ids
BASE = "bench_base"
PLAIN = "bench_plain"
CONNECT = "require '/usr/local/share/fleet/data/server.php'; "
CLIENT = f"php -r \"{CONNECT}echo implode(' ', Fleet\\\\Data\\\\Server::program('%s'));\""
# The options of fleet-dump's own, but not what they are for.
DUMP = "--single-transaction --quick --skip-lock-tables --no-tablespaces"
# Version 2 of cgroups, or version 1.
PEAK = "cat /sys/fs/cgroup/memory.peak /sys/fs/cgroup/memory/memory.max_usage_in_bytes 2>/dev/null"
SCRIPT = """
mkdir -p /tmp/fleet
begun=$(date +%s.%N)
{work}
status=$?
echo "bench: $status $begun $(date +%s.%N) $({peak})"
exit $status
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One command, from its start to its end. `peak`: bytes of the container's memory."""

    seconds: float
    peak: int
    steps: dict[str, float]
    """Seconds of each step, of a command that tells them."""


def timed(site: StagedSite, work: str, store: Bucket, task: str = "") -> Figure:
    """Runs a line of shell in a container, under the scratch volumes of `task` if that is given.

    Raises RuntimeError if it failed.
    """
    files = {"/var/www/replace_by_row.php": REPLACE}
    command = ["bash", "-c", SCRIPT.format(work=work, peak=PEAK)]
    container = site.run("wordpress", command, files, task, None, **store.environment)
    status = container.wait(PATIENCE)
    lines = container.output().splitlines()
    told = [line for line in lines if line.startswith("bench: ")]
    if status or not told:
        raise RuntimeError(f"{work}:\n{container.output()[-3000:]}")
    _, _, begun, ended, peak, *_ = told[-1].split()
    said = [json.loads(line) for line in lines if line.startswith('{"step')]
    steps = {line["step"]: line["seconds"] for line in said if "seconds" in line}
    return Figure(float(ended) - float(begun), int(peak), steps)


def ours(*words: str) -> str:
    return f"fleet-task --kind data -- {' '.join(words)}"


def plain_dump(site: StagedSite, behind: str) -> str:
    """The dump that a person writes by hand, to a file."""
    return f"set -o pipefail; $({CLIENT % 'mariadb-dump'}) {DUMP} {site.schema} {behind}"


def plain_load(schema: str, file: str) -> str:
    return f"$({CLIENT % 'mariadb'}) {schema} <{file}"


def by_row_words(schema: str, here: str, there: str) -> str:
    return f"php /var/www/replace_by_row.php {schema} {here} {there}"


def filter_words(file: str, host: str, home: str) -> str:
    """What the fleet's load does to SQL on its way, with nothing before and behind it."""
    settings = json.dumps({"home": home, "hosts": [host]})
    return f"php {FILTER} '{settings}' <{file} 3>/dev/null >/dev/null"


def fill(site: StagedSite, megabytes: int) -> None:
    """Gives the site posts and their metadata until a dump of it has so many MB."""
    site.sql(f"DROP DATABASE IF EXISTS {BASE}; CREATE DATABASE {BASE}")
    # WordPress's own dates are none that MySQL would take today.
    site.sql(
        f"SET SESSION sql_mode = ''; CREATE TABLE {BASE}.posts LIKE wp_posts; "
        f"CREATE TABLE {BASE}.meta LIKE wp_postmeta"
    )
    chance = random.Random(1)  # noqa: S311 - the same each time
    words = [
        "".join(chance.choices("aeinorstlumkdgb", k=chance.randint(2, 11))) for _ in range(9000)
    ]
    for begin in range(1, POSTS, 100):
        site.sql(_rows(site, chance, words, range(begin, begin + 100)))
    posts, metas = site.sql(
        f"SELECT (SELECT SUM(LENGTH(post_content) + 220) FROM {BASE}.posts), "  # noqa: S608
        f"(SELECT SUM(LENGTH(meta_value) + 40) FROM {BASE}.meta)"
    ).split()
    for batch in range(ceil(megabytes * MB / (int(posts) + int(metas)))):
        site.sql(_copies(FIRST + POSTS * batch))
    site.sql(f"DROP DATABASE {BASE}")


def _rows(site: StagedSite, chance: random.Random, words: list[str], ids: range) -> str:
    posts, metas = list[str](), list[str]()
    for number in ids:
        text = " ".join(chance.choices(words, k=WORDS))
        link = f'<a href="{site.home}/{words[number]}">{words[-number]}</a>' if number % 2 else ""
        posts.append(
            f"({number}, 1, '2026-01-01', '2026-01-01', {quoted(f'<p>{text}</p>{link}')}, "
            f"'Post {number}', '', 'publish', 'post-{number}', '', '', '2026-01-01', "
            f"'2026-01-01', '', {quoted(f'{site.home}/?p={number}')}, 'post')"
        )
        for meta in range(METAS):
            value = " ".join(chance.choices(words, k=6))
            if meta == 0:
                url = f"{site.home}/wp-content/uploads/2026/{value.replace(' ', '-')}.jpg"
                value = f'a:2:{{s:3:"url";s:{len(url)}:"{url}";s:4:"size";i:{number};}}'
            metas.append(f"({number}, '_key_{meta}', {quoted(value)})")
    return (
        f"INSERT INTO {BASE}.posts (ID, {COLUMNS}) VALUES {', '.join(posts)};"  # noqa: S608
        f"INSERT INTO {BASE}.meta (post_id, meta_key, meta_value) VALUES {', '.join(metas)};"
    )


def _copies(offset: int) -> str:
    return (
        f"INSERT INTO wp_posts (ID, {COLUMNS}) "  # noqa: S608
        f"SELECT ID + {offset}, {COLUMNS} FROM {BASE}.posts;"
        "INSERT INTO wp_postmeta (post_id, meta_key, meta_value) "
        f"SELECT post_id + {offset}, meta_key, meta_value FROM {BASE}.meta;"
    )
