"""What `fleet export --to s3://…` wrote, read where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from fleet.operations.data.incoming.sources import Incoming
from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# A Path makes one slash of two.
_URL = re.compile(r"s3:/{1,2}([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*?))?/?")


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
        for page in pages.paginate(Bucket=self.bucket, Prefix=self.key("")):
            for each in page.get("Contents", []):
                key = each.get("Key", "")
                time = each.get("LastModified")
                seconds = int(time.timestamp()) if time else 0
                name = key.removeprefix(self.key(""))
                yield Incoming(name, each.get("Size", 0), seconds, self._opener(key))

    def _opener(self, key: str) -> Callable[[], IO[bytes]]:
        # boto3's stream is read and closed as any other.
        return lambda: cast("IO[bytes]", self.s3.get_object(Bucket=self.bucket, Key=key)["Body"])

    def fetch(self, name: str, path: Path) -> Path:
        """Writes an object to a file. Raises OperationError where there is none."""
        missing: Any = self.s3.exceptions.ClientError
        try:
            self.s3.download_file(self.bucket, self.key(name), str(path))
        except missing as error:
            if error.response.get("Error", {}).get("Code") not in ("404", "NoSuchKey"):
                raise
            raise OperationError(
                f"s3://{self.bucket}/{self.key(name)} is not there: it is no export of the fleet's"
            ) from None
        return path


def is_s3(path: Path) -> bool:
    return str(path).startswith("s3:")


def place_in_s3(path: Path, s3: S3Client) -> InS3:
    """Raises OperationError for what names no place."""
    found = _URL.fullmatch(str(path))
    if found is None:
        raise OperationError(f"{path} is no place in S3; such as s3://my-exports/shop")
    return InS3(s3, found[1], found[2] or "")
