"""A shop, its dump, and a site that becomes its copy."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.runtime.conftest import sites
from tests.runtime.stage import people, shop
from tests.runtime.stage.bucket import Bucket
from tests.runtime.stage.data import SIZE, ended, run
from tests.runtime.stage.database import Database
from tests.runtime.stage.odd_files import busily, odd_files
from tests.runtime.stage.site import StagedSite

COPY = {"FLEET_STAGING_OF": "shop", "FLEET_STAGING_UPLOADS": "https://shop.example.com"}
KNOBS = {"FLEET_LOAD_SETTLE_SECONDS": "1", **COPY}


@dataclass
class Moved:
    source: StagedSite
    target: StagedSite
    place: str


def mentions(text: str, host: str) -> set[str]:
    """The words in which a host still stands."""
    return set(re.findall(rf"[\w.@:/\\-]*{re.escape(host)}", text))


@contextmanager
def shop_and_copy(image: str, database: Database, store: Bucket, folder: Path) -> Iterator[Moved]:
    """The shop is dumped at `place`."""
    with sites(image, database, folder) as make:
        hosts = ["shop.example.com", "www.shop.example.com"]
        source = make(name="shop", domains=hosts, size=SIZE)
        target = make(name="copy", domains=["copy.example.net"], knobs=KNOBS, size=SIZE)
        source.init()
        shop.filled(source)
        people.come(source)
        odd_files(source)
        target.init()
        place = store.place("shop", 1)
        lines = ended(run(source, store, *busily("fleet-dump", place)))
        notes = [line.get("note", "") for line in lines]
        assert any("1 files whose names are no UTF-8" in note for note in notes), notes
        assert "1 files that changed whenever they were read are left out: uploads/busy" in notes
        yield Moved(source, target, place)


def broken_off(target: StagedSite, store: Bucket, notes: tuple[str, ...], word: str) -> None:
    """A load or its undoing that ends, one after another, where it would note that a part is done.

    A kill within the milliseconds between a part and its note can't be aimed at; the server refuses
    the note instead.
    """
    table = f"new_{target.schema}.fleet_load"
    for note in notes:
        target.sql(f"ALTER TABLE {table} ADD CONSTRAINT broken_off CHECK ({note})")
        load = run(target, store, "fleet-load", word)
        assert load.wait() != 0
        assert "broken_off" in load.output()
        target.sql(f"ALTER TABLE {table} DROP CONSTRAINT broken_off")
        word = "resume"
