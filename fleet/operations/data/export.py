"""A whole site as any host takes it: SQL, wp-content, a page that says what to do with them."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import boto3

from fleet.operations.data.archive import MANIFEST, THREADS, Archive, Manifest, store_of
from fleet.operations.data.begun import going_on
from fleet.operations.data.dump import dump_site
from fleet.operations.data.listed import CHUNK, ListedFile, Stream, content, expanded, files_of
from fleet.operations.data.steps import OnStep, Step
from fleet.operations.declared import Declared
from fleet.operations.live.account import told_in_words
from fleet.operations.problem import OperationError

SQL, FILES, PAGE = "database.sql.gz", "wp-content", "README.txt"
_S3 = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?")
# So many files are told of at once.
_TOLD = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What lies at `to` now; `archive` is the one that it was made of."""

    to: str
    archive: Archive
    manifest: Manifest


class ExportPlace(Protocol):
    """Where an export goes."""

    def has(self, file: ListedFile) -> bool: ...
    def take(self, archive: Archive, file: ListedFile) -> None: ...
    def write(self, name: str, chunks: Iterable[bytes]) -> None: ...
    def read(self, name: str) -> Iterator[bytes]:
        """What lies there now. Raises OSError for what doesn't."""
        ...


def export_site(
    declared: Declared,
    site: str,
    to: str,
    *,
    on_step: OnStep,
    archive: Archive | None = None,
    session: boto3.Session | None = None,
) -> Exported:
    """Writes the site to a folder or to `s3://BUCKET/PREFIX`, from a new archive or from `archive`.

    What is there already of the same content is left alone, so an export that was interrupted goes
    on. Each file's hash is checked. Raises FleetError for an unknown site, OperationError for a
    place that can't be written, and as `dump_site`.
    """
    declared.site(site)
    check_place(to)
    if archive is not None:
        archive.require_uploads()
        return _exported(archive, to, on_step)
    with newly_dumped("export", declared, site, to, on_step, session) as archive:
        return _exported(archive, to, on_step)


@contextmanager
def newly_dumped(
    verb: str,
    declared: Declared,
    site: str,
    to: str,
    on_step: OnStep,
    session: boto3.Session | None,
) -> Iterator[Archive]:
    """A new archive, or that of the same verb which was killed. Raises as `dump_site`."""
    store = store_of(declared, site, session)
    with going_on(store, site, [verb, to], store.archive(site), on_step) as begun:
        yield dump_site(
            *(declared, site),
            on_step=on_step,
            archive=begun.archive,
            token=begun.token("dump"),
            session=session,
        )


def _exported(archive: Archive, to: str, on_step: OnStep) -> Exported:
    manifest = archive.manifest()
    with told_in_words(archive.store.target):
        place = export_place(to, archive)
        _write(place, archive, manifest, on_step)
    return Exported(to=to, archive=archive, manifest=manifest)


def check_place(to: str) -> None:
    """Raises OperationError for what is neither a folder of its own nor a place in S3."""
    if to.startswith("s3:"):
        if not _S3.fullmatch(to):
            raise OperationError(f"{to} is no place in S3; such as s3://my-exports/shop")
        return
    folder = Path(to)
    if folder.exists() and not folder.is_dir():
        raise OperationError(f"{to} is no folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise OperationError(f"{to} is not empty and no export; name an empty or new folder")


def export_place(to: str, archive: Archive) -> ExportPlace:
    """A folder, or a place in S3 that is reached as the archive's bucket is."""
    found = _S3.fullmatch(to)
    if found:
        return _InS3(archive, found[1], (found[2] or "").strip("/"))
    return _Folder(Path(to))


def _write(place: ExportPlace, archive: Archive, manifest: Manifest, on_step: OnStep) -> None:
    # First, so that a folder that was begun is known for an export.
    place.write(MANIFEST, [manifest.model_dump_json(indent=2).encode()])
    if manifest.database is not None:
        on_step(Step(site=archive.site, step="export database", state="begun"))
        sql = expanded(content(archive, manifest.database), manifest.database.sql_bytes)
        place.write(SQL, gzipped(sql))
        on_step(Step(site=archive.site, step="export database", state="done"))
    if manifest.files is not None:
        _files(place, archive, manifest, on_step)
    place.write(PAGE, [_page(manifest).encode()])


def _files(place: ExportPlace, archive: Archive, manifest: Manifest, on_step: OnStep) -> None:
    assert manifest.files is not None
    done, whole = 0, manifest.files.total_bytes
    step: dict[str, Any] = {"site": archive.site, "step": "export files"}
    on_step(Step(**step, state="begun", of=whole))

    def one(file: ListedFile) -> int:
        if not place.has(file):
            place.take(archive, file)
        return file.bytes

    with ThreadPoolExecutor(THREADS) as pool:
        for batch in batches(files_of(archive, manifest.files)):
            done += sum(pool.map(one, batch))
            on_step(Step(**step, state="at", bytes=done, of=whole))
    on_step(Step(**step, state="done", bytes=done, of=whole))


def batches(files: Iterator[ListedFile]) -> Iterator[list[ListedFile]]:
    """So many that a list of a million files is not held in memory at once."""
    batch: list[ListedFile] = []
    for file in files:
        batch.append(file)
        if len(batch) == _TOLD:
            yield batch
            batch = []
    if batch:
        yield batch


class _Folder:
    """A folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def has(self, file: ListedFile) -> bool:
        path = self._folder / FILES / file.path
        if not path.is_file() or path.stat().st_size != file.bytes:
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256

    def take(self, archive: Archive, file: ListedFile) -> None:
        store, key = archive.store, archive.object_key(file.sha256)
        answer = store.s3.get_object(Bucket=store.bucket, Key=key, **store.owner)
        digest = hashlib.sha256()

        def checked() -> Iterator[bytes]:
            for chunk in answer["Body"].iter_chunks(CHUNK):
                digest.update(chunk)
                yield chunk
            if digest.hexdigest() != file.sha256:
                raise OperationError(f"{file.path} of {archive.url} is not what its list says")

        self.write(f"{FILES}/{file.path}", checked())

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        path = self._folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.part")
            with part.open("wb") as stream:
                for chunk in chunks:
                    stream.write(chunk)
            part.replace(path)
        except OSError as error:
            raise OperationError(f"{path}: {error.strerror}; free some space, then again") from None

    def read(self, name: str) -> Iterator[bytes]:
        with (self._folder / name).open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


class _InS3:
    """A place in S3, of the caller's. Files are copied there without passing this machine."""

    def __init__(self, archive: Archive, bucket: str, prefix: str) -> None:
        self._s3, self._bucket = archive.store.s3, bucket
        self._at: Callable[[str], str] = lambda name: f"{prefix}/{name}" if prefix else name

    def has(self, file: ListedFile) -> bool:
        """By the hash that `take` left with it."""
        key = self._at(f"{FILES}/{file.path}")
        try:
            found = self._s3.head_object(Bucket=self._bucket, Key=key)
        except self._s3.exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        return found["Metadata"].get("sha256") == file.sha256

    def take(self, archive: Archive, file: ListedFile) -> None:
        source = {"Bucket": archive.store.bucket, "Key": archive.object_key(file.sha256)}
        self._s3.copy(
            source,  # type: ignore[arg-type]
            self._bucket,
            self._at(f"{FILES}/{file.path}"),
            ExtraArgs={"Metadata": {"sha256": file.sha256}, "MetadataDirective": "REPLACE"},
        )

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        stream: Any = Stream(chunks)  # boto3's types ask for more than it does
        self._s3.upload_fileobj(stream, self._bucket, self._at(name))

    def read(self, name: str) -> Iterator[bytes]:
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=self._at(name))
        except self._s3.exceptions.NoSuchKey:
            raise FileNotFoundError(name) from None
        yield from answer["Body"].iter_chunks(CHUNK)


def gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """As gzip, which every host's tools read."""
    packer = zlib.compressobj(wbits=31)
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()


def _page(manifest: Manifest) -> str:
    versions = manifest.versions
    return f"""{manifest.site}: {manifest.home}, as of {manifest.time}

{SQL}   the tables, with the prefix {manifest.prefix}
{FILES}/        plugins, themes and uploads
{MANIFEST}     sizes and hashes

It ran on WordPress {versions.wordpress}, PHP {versions.php}, MySQL {versions.database}.

At the new host: install that WordPress, put {FILES} in the place of its own, then

    gunzip --stdout {SQL} | mysql DATABASE

and set $table_prefix = '{manifest.prefix}' in wp-config.php. Under another address, then:

    wp search-replace {manifest.home} https://NEW-ADDRESS --all-tables --precise
"""
