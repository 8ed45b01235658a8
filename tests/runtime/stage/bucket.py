"""A bucket of an S3 that others wrote, which the containers reach."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from tests.operations.stage.account import running_account
from tests.runtime.stage.aws import REGION
from tests.runtime.stage.podman import network

NAME = "fleet-data"
KEYS = {"AWS_ACCESS_KEY_ID": "of-a-test", "AWS_SECRET_ACCESS_KEY": "secret"}


@dataclass(frozen=True)
class Bucket:
    url: str
    client: Any

    @property
    def environment(self) -> dict[str, str]:
        """What a task knows of it."""
        return {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.url, **KEYS}

    def place(self, site: str, number: int) -> str:
        return f"s3://{NAME}/{site}/20261129T18{number:04d}Z-0001"

    def keys(self, prefix: str) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=NAME, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def read(self, place: str, name: str) -> bytes:
        return self.client.get_object(Bucket=NAME, Key=_key(place, name))["Body"].read()

    def sql(self, place: str) -> str:
        """The database of a dump."""
        return self.unpacked(place, "database.sql.zst").decode()

    def unpacked(self, place: str, name: str) -> bytes:
        words = ["zstd", "--decompress", "--stdout"]
        packed = self.read(place, name)
        return subprocess.run(words, input=packed, capture_output=True, check=True).stdout

    def write(self, place: str, name: str, body: bytes) -> None:
        self.client.put_object(Bucket=NAME, Key=_key(place, name), Body=body)

    def manifest(self, place: str) -> dict[str, Any]:
        return json.loads(self.read(place, "manifest.json"))


def _key(place: str, name: str) -> str:
    return re.sub(r"^s3://[^/]+/", "", place) + f"/{name}"


@contextmanager
def bucket(folder: Path) -> Iterator[Bucket]:
    """Listens on the containers' network alone, which is there once one of them runs."""
    with running_account(folder, network().gateway) as url:
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield Bucket(url, client)
