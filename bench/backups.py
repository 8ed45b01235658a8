"""A restore beside a plain load and copy, and fifty rotations: `python -m bench.backups [MB MB]`.

Of 1,000 MB of SQL and 5,000 MB of files unless told. Writes a section of docs/benchmarks.md. Needs
on disk about five times both. Takes some twelve minutes, and one for each 100 MB of files.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from bench.data import FILE, KNOBS, MB, PLAIN, stage
from bench.data_sides import Figure, fill, ours, plain_dump, plain_load, timed
from bench.report import machine, write_section
from fleet.names import schema_name
from fleet.operations.data.rotation import WAVE, rotate_all
from fleet.operations.declared import read_declared
from fleet.operations.target import Target
from tests.operations.conftest import enter
from tests.operations.stage.account import running_account
from tests.operations.stage.deployed import DeployedStack
from tests.operations.stage.played import playing
from tests.operations.stage.project import REGION, SETTINGS
from tests.operations.test_rotation import Account
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.bucket import Bucket
from tests.runtime.stage.data import SIZE
from tests.runtime.stage.podman import new_name

SIZES = (1_000, 5_000)
FILE_BYTES = 200_000  # a picture as a page shows it
SITES = 50

TEXT = """\
## Backups and secrets

`python -m bench.backups {sql} {files}`: a site of {sql:,} MB of SQL and {files:,} MB of files of
{each} kB, in containers of {cpu} CPU units and {memory} MiB, beside one MySQL over TLS and an S3 on
loopback. Plain is the client of MariaDB that reads a file of SQL, and `cp -a` of the files.

{rows}

{sites} sites by `fleet rotate --all`, {wave} at a time, of an account on loopback whose tasks end
at once: {rotation:.0f} s, of which nothing is a rollout of tasks, which takes minutes on AWS.

{machine}"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a whole restore took, and the same by plain tools."""

    backup: Figure
    restore: Figure
    plain_load: Figure
    plain_copy: float


def measure(make: MakeSite, store: Bucket, sql: int, files: int) -> Restored:
    """Fills a site, backs it up and restores it."""
    site = make(name="bench-restored", size=SIZE, knobs=KNOBS)
    site.init()
    fill(site, sql)
    folder = site.mount / "uploads/2026"
    folder.mkdir(parents=True)
    for number in range(files * MB // FILE_BYTES):
        (folder / f"{number}.jpg").write_bytes(os.urandom(FILE_BYTES))
    place, task = store.place(site.name, 1), new_name()
    backup = timed(site, ours("fleet-dump", place, "--keep", "14,8,12"), store)
    # Of another kind: the server lets go of the dump's lock some seconds after it.
    restore = timed(site, f"fleet-task --kind restore -- fleet-load {place}", store)
    owner = schema_name(site.name)
    site.database.sql(f"CREATE DATABASE {PLAIN}; GRANT ALL ON {PLAIN}.* TO '{owner}'@'%'")
    timed(site, plain_dump(site, f">{FILE}"), store, task)
    loaded = timed(site, plain_load(PLAIN, FILE), store, task)
    begun = time.monotonic()
    subprocess.run(["cp", "-a", folder, site.mount / "copied"], check=True)
    return Restored(backup, restore, loaded, time.monotonic() - begun)


def rows(found: Restored) -> str:
    """A table of steps."""
    steps = {name: taken for name, taken in found.restore.steps.items() if taken >= 0.1}
    lines = {
        "backup": found.backup.seconds,
        "restore": found.restore.seconds,
        **{f"of that {name}": taken for name, taken in steps.items()},
        "plain load": found.plain_load.seconds,
        "plain copy of the files": found.plain_copy,
    }
    table = ["| | s |", "| --- | ---: |"]
    return "\n".join([*table, *(f"| {name} | {taken:.1f} |" for name, taken in lines.items())])


def rotation() -> float:
    """Seconds of the verb for all sites."""
    names = [f"site-{number}" for number in range(SITES)]
    listed = "".join(f"  {name}: {{domains: [{name}.example.com]}}\n" for name in names)
    with tempfile.TemporaryDirectory() as path, pytest.MonkeyPatch.context() as patch:
        folder = Path(path)
        head = "version: 1\ndefaults: {admin: {email: web@example.com}}\nsites:\n"
        (folder / "sites.yaml").write_text(head + listed)
        (folder / "Pulumi.prod.yaml").write_text(SETTINGS)
        with running_account(folder) as url:
            enter(patch, url)
            session = boto3.Session(region_name=REGION)
            deployed = DeployedStack(session, "prod")
            for name in names:
                deployed.add_site(name, tasks=1, database=False)
            with playing(session):
                account = Account(session, names)
                declared = read_declared(Target(folder=folder, environment="prod"))
                begun = time.monotonic()
                rotate_all(declared, ["database"], on_step=lambda _: None, session=session)
                taken = time.monotonic() - begun
                if any(account.rotating(name) for name in names):
                    raise RuntimeError("a rotation is not done")
                return taken


def main(sql: int = SIZES[0], files: int = SIZES[1]) -> None:
    """Measures, prints and records."""
    rotated = rotation()
    with stage() as (make, store):
        found = measure(make, store, sql, files)
    text = TEXT.format(
        sql=sql,
        files=files,
        each=FILE_BYTES // 1_000,
        sites=SITES,
        wave=WAVE,
        rows=rows(found),
        rotation=rotated,
        machine=machine(),
        **SIZE,
    )
    print(text)
    write_section("bench.backups", text)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
