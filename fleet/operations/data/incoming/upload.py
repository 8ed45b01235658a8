"""A site from elsewhere as an archive in the bucket: what is there already isn't sent again."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import zstandard

from fleet.fields.moments import iso_utc
from fleet.operations.data.archive import MANIFEST, Archive, DatabasePart, FilesPart, Manifest
from fleet.operations.data.incoming.addresses import folders_of, hosts_of
from fleet.operations.data.incoming.known import Export
from fleet.operations.data.incoming.leftovers import left_out
from fleet.operations.data.incoming.report import Report
from fleet.operations.data.incoming.sources import Incoming, content_of
from fleet.operations.data.listed import CHUNK, ListedFile
from fleet.operations.data.steps import OnStep, Step
from fleet.operations.live.account import told_in_words
from fleet.operations.problem import OperationError

_LIST = "files.jsonl.zst"
_THREADS = 8


def upload(export: Export, report: Report, archive: Archive, on_step: OnStep) -> Manifest:
    """Files, then tables, then the manifest, without which there is no archive.

    Raises OperationError for what AWS refuses, and for a file that changes while it is read.
    """
    with told_in_words(archive.store.target):
        files = _files(export, report, archive, on_step) if export.files else None
        database = _tables(export.tables, report, archive, on_step)
        now = datetime.now(UTC)
        expires = now + timedelta(days=archive.store.days)
        manifest = Manifest(
            site=archive.site,
            id=archive.id,
            time=iso_utc(now),
            expires=iso_utc(expires),
            home=report.tables.home,
            hosts=hosts_of(*report.tables.addresses),
            folders=folders_of(*report.tables.addresses),
            prefix=report.tables.prefix,
            database=database,
            files=files,
        )
        _put(archive, MANIFEST, io.BytesIO(manifest.model_dump_json().encode()))
    return manifest


def _tables(path: Path, report: Report, archive: Archive, on_step: OnStep) -> DatabasePart:
    name = f"database{''.join(path.suffixes[-2:]) if path.suffix != '.sql' else '.sql'}"
    if path.name.endswith("-db.gz"):
        name = "database.sql.gz"
    size, done = path.stat().st_size, 0
    step: dict[str, Any] = {"site": archive.site, "step": "send tables", "of": size}
    on_step(Step(**step, state="begun"))

    def sent(count: int) -> None:
        nonlocal done
        done += count
        on_step(Step(**step, state="at", bytes=done))

    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        _put(archive, name, stream, sent)
    on_step(Step(**step, state="done", bytes=size))
    return DatabasePart(name=name, bytes=size, sha256=digest, sql_bytes=report.tables.bytes)


def _files(export: Export, report: Report, archive: Archive, on_step: OnStep) -> FilesPart:
    step: dict[str, Any] = {"site": archive.site, "step": "send files", "of": report.file_bytes}
    on_step(Step(**step, state="begun"))
    store, done = archive.store, 0
    there = {key.rsplit("/", 1)[-1] for key in store.keys(f"{archive.site}/objects/")}
    listed = list[ListedFile]()
    with ThreadPoolExecutor(_THREADS) as pool:
        for file in pool.map(lambda file: _send(archive, file, there), _taken(export)):
            listed.append(file)
            done += file.bytes
            on_step(Step(**step, state="at", bytes=done))
    on_step(Step(**step, state="done", bytes=done))
    return _send_list(archive, listed)


def _taken(export: Export) -> Iterator[Incoming]:
    assert export.files is not None
    return (file for file in content_of(export.files) if left_out(file.path) is None)


def _send(archive: Archive, file: Incoming, there: set[str]) -> ListedFile:
    """Read twice, once for the hash, so that nothing is held on this machine."""
    digest = _hash(file)
    if digest not in there:
        store, key = archive.store, archive.object_key(digest)
        with file.open() as stream:
            store.s3.upload_fileobj(stream, store.bucket, key, ExtraArgs=store.owner)
        there.add(digest)
    return ListedFile(path=file.path, bytes=file.bytes, time=file.time, sha256=digest)


def _hash(file: Incoming) -> str:
    digest, count = hashlib.sha256(), 0
    with file.open() as stream:
        while (chunk := stream.read(CHUNK)) and count <= file.bytes:
            count += len(chunk)
            digest.update(chunk)
    if count != file.bytes:
        raise OperationError(f"{file.path} is not of the size that it says; make the export again")
    return digest.hexdigest()


def _send_list(archive: Archive, listed: Iterable[ListedFile]) -> FilesPart:
    """Sorted so that a folder's files stand together, as the image reads them."""
    entries = sorted(listed, key=lambda file: file.path.replace("/", "\0").encode())
    plain = b"".join(f"{json.dumps(each.model_dump())}\n".encode() for each in entries)
    packed = zstandard.compress(plain)
    _put(archive, _LIST, io.BytesIO(packed))
    return FilesPart(
        name=_LIST,
        bytes=len(packed),
        sha256=hashlib.sha256(packed).hexdigest(),
        list_bytes=len(plain),
        count=len(entries),
        total_bytes=sum(each.bytes for each in entries),
    )


def _put(archive: Archive, name: str, stream: IO[bytes], sent: Any = None) -> None:
    store = archive.store
    store.s3.upload_fileobj(
        stream, store.bucket, archive.key(name), ExtraArgs=store.owner, Callback=sent
    )
