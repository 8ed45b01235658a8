"""A copy of a site with very many uploads, which it shows from its original's address."""

import os
import time
from pathlib import Path

import httpx

from bench.data_sides import ours, timed
from fleet.operations.data.archive import Archive, Store
from fleet.operations.data.clone import copy_archive
from fleet.operations.target import Target
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.bucket import NAME, Bucket
from tests.runtime.stage.data import SIZE
from tests.runtime.stage.site import StagedSite

UPLOADS = 100_000
A_FOLDER = 1_000
ACCOUNT = "000000000000"  # the emulator's


def measure(make: MakeSite, store: Bucket) -> float:
    """Seconds from the first command to a page of the copy and the way to a picture."""
    source = make(name="original", size=SIZE)
    source.init()
    _uploads(source)
    copied = {"FLEET_STAGING_OF": source.name, "FLEET_STAGING_UPLOADS": source.home}
    copy = make(name="copy", size=SIZE, knobs=copied)
    copy.init()
    begun = time.monotonic()
    place = store.place(source.name, 1)
    timed(source, ours("fleet-dump", place, "--without-uploads"), store)
    target = Target(folder=Path(), environment="prod")
    account = Store(target=target, bucket=NAME, account=ACCOUNT, s3=store.client, days=1)
    archive = Archive(account, source.name, place.rsplit("/", 1)[-1])
    there = copy_archive(archive, account, copy.name, lambda _: None, uploads=False)
    timed(copy, ours("fleet-load", there.url, "--without-uploads", "--anonymise"), store)
    replica = copy.started()
    with copy.visitor(replica) as visitor:
        assert visitor.get("/").status_code == httpx.codes.OK
        picture = visitor.get("/wp-content/uploads/0/1.jpg")
        assert picture.headers["Location"] == f"{source.home}/wp-content/uploads/0/1.jpg"
    return time.monotonic() - begun


def _uploads(site: StagedSite) -> None:
    uploads = site.files / "uploads"
    for number in range(UPLOADS):
        folder = uploads / str(number // A_FOLDER)
        if number % A_FOLDER == 0:
            folder.mkdir(parents=True, exist_ok=True)
            os.chown(folder, site.task.uid, site.task.uid)
        picture = folder / f"{number % A_FOLDER}.jpg"
        picture.write_bytes(b"\xff\xd8 picture %d" % number)
