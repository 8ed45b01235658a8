"""What `fleet export --to s3://…` wrote, read where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from fleet.operations.data.incoming.sources import Incoming
from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

# A Path makes one slash of two.
_URL = re.compile(r"s3:/{1,2}([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*?))?/?")


_MISSING = "is not there: it is no export of the fleet's"
_DENIED = (
    "may not be read by these credentials; its owner allows them s3:GetObject there, and "
    "s3:ListBucket on the bucket"
)
_SAID = {
    "404": _MISSING,
    "NoSuchKey": _MISSING,
    "NoSuchBucket": "is in no bucket that there is; look at its name",
    "403": _DENIED,
    "AccessDenied": _DENIED,
}


@dataclass(frozen=True, slots=True)
class InS3:
    """A place in S3, by the rights of whoever asks. The client may be shared by threads."""

    s3: S3Client
    bucket: str
    prefix: str

    def key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def files(self) -> Iterator[Incoming]:
        pages = self.s3.get_paginator("list_objects_v2")
        with self._told(self.key("")):
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.key("")):
                yield from self._listed(page)

    def _listed(self, page: ListObjectsV2OutputTypeDef) -> Iterator[Incoming]:
        for each in page.get("Contents", []):
            key = each.get("Key", "")
            time = each.get("LastModified")
            seconds = int(time.timestamp()) if time else 0
            name = key.removeprefix(self.key(""))
            yield Incoming(name, each.get("Size", 0), seconds, self._opener(key))

    def _opener(self, key: str) -> Callable[[], IO[bytes]]:
        def opened() -> IO[bytes]:
            with self._told(key):
                # boto3's stream is read and closed as any other.
                return cast("IO[bytes]", self.s3.get_object(Bucket=self.bucket, Key=key)["Body"])

        return opened

    def fetch(self, name: str, path: Path) -> Path:
        """Writes an object to a file. Raises OperationError where there is none."""
        with self._told(self.key(name)):
            self.s3.download_file(self.bucket, self.key(name), str(path))
        return path

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "?")
            said = _SAID.get(code, f"can't be read ({code}); try again")
            raise OperationError(f"s3://{self.bucket}/{key} {said}") from error


def is_s3(path: Path) -> bool:
    return str(path).startswith("s3:")


def place_in_s3(path: Path, s3: S3Client) -> InS3:
    """Raises OperationError for what names no place."""
    found = _URL.fullmatch(str(path))
    if found is None:
        raise OperationError(f"{path} is no place in S3; such as s3://my-exports/shop")
    return InS3(s3, found[1], found[2] or "")
