"""The files of an archive: one JSON a line, compressed, read as a stream."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import zstandard
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    from fleet.operations.data.archive import Archive, DatabasePart, FilesPart

CHUNK = 1 << 20
# A path has at most 4,096 bytes, which JSON may write as six each.
LONGEST_LINE = 65_536
_UNSAFE = re.compile(r"(?:^|/)\.{0,2}(?:/|$)|[\x00\\]|(?:^|/)\.fleet")


class ListedFile(BaseModel):
    """A file below wp-content: size in bytes, time in seconds since 1970."""

    model_config = ConfigDict(frozen=True, strict=True)

    path: str
    bytes: int = Field(ge=0)
    time: int
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


def is_safe(path: str) -> bool:
    """Whether a path leads below the folder that it starts in, and to nothing of the image's."""
    return bool(path) and not _UNSAFE.search(path)


def files_of(archive: Archive, part: FilesPart) -> Iterator[ListedFile]:
    """Every file of the archive. Raises OperationError for a list that is broken or unsafe."""
    chunks = expanded(content(archive, part), part.list_bytes)
    for line in io.BufferedReader(Stream(chunks), CHUNK):
        try:
            found = ListedFile.model_validate_json(line)
        except ValidationError:
            raise OperationError(f"the list of files of {archive.url} is broken") from None
        if not is_safe(found.path):
            raise OperationError(f"{archive.url} names a file that no site has: {found.path!r}")
        yield found


def content(archive: Archive, part: DatabasePart | FilesPart) -> Iterator[bytes]:
    """What lies at a part's name. Raises OperationError at the end for another hash."""
    store, digest = archive.store, hashlib.sha256()
    answer = store.s3.get_object(Bucket=store.bucket, Key=archive.key(part.name), **store.owner)
    for chunk in answer["Body"].iter_chunks(CHUNK):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != part.sha256:
        raise OperationError(f"{part.name} of {archive.url} is not what its manifest says")


def expanded(chunks: Iterable[bytes], most: int | None = None) -> Iterator[bytes]:
    """Without its compression by zstd. Raises OperationError beyond `most` bytes."""
    count, expander = 0, zstandard.ZstdDecompressor().decompressobj(read_across_frames=True)
    try:
        for chunk in chunks:
            out = expander.decompress(chunk)
            count += len(out)
            if most is not None and count > most:
                raise OperationError("it grows to more than its manifest says")
            yield out
    except zstandard.ZstdError as error:
        raise OperationError(f"it can't be read: {error}") from None


class Stream(io.RawIOBase):
    """Chunks as a file to be read once."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._rest = iter(chunks), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """The number of bytes; 0 at the end."""
        while not self._rest:
            following = next(self._chunks, None)
            if following is None:
                return 0
            self._rest = following
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)
