"""Archives of sites: where they lie, and what each says of itself.

    s3://BUCKET/SITE/ID/manifest.json       written last: without it there is no archive
    s3://BUCKET/SITE/ID/database.sql.zst
    s3://BUCKET/SITE/ID/files.jsonl.zst     a line a file, of which each is kept once:
    s3://BUCKET/SITE/objects/HH/SHA256

The image writes and reads the same (container/root/usr/local/share/fleet/data).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import boto3
from botocore.config import Config
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fleet.names import archive_bucket_name
from fleet.operations.declared import Declared
from fleet.operations.live.account import open_session, told_in_words
from fleet.operations.problem import OperationError
from fleet.operations.target import Target

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MANIFEST = "manifest.json"
ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[a-z0-9]{4,16}")
# Objects at once: most are small, and each is a call that takes some 50 ms.
THREADS = 16
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 8},
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=2 * THREADS,
)
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_SHA256 = r"^[0-9a-f]{64}$"


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DatabasePart(_Said):
    """The tables of an archive, as compressed SQL. Sizes are bytes."""

    name: str = Field(pattern=_NAME)
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=_SHA256)
    sql_bytes: int | None = None


class FilesPart(_Said):
    """The list of an archive's files."""

    name: str = Field(pattern=_NAME)
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=_SHA256)
    list_bytes: int = Field(ge=0)
    count: int = Field(ge=0)
    total_bytes: int = Field(ge=0)


class Versions(_Said):
    """What the site ran on; empty where nobody knows."""

    wordpress: str = ""
    php: str = ""
    database: str = ""


class Kept(_Said):
    """By which rules the backups of a site stay, as `fleet.site.backup.Keep`."""

    days: int
    weeks: int
    months: int


class Manifest(_Said):
    """What an archive says of itself. Times are UTC, in ISO 8601."""

    format: Literal[1] = 1
    site: str
    id: str
    time: str
    expires: str | None = None
    keep: Kept | None = None
    """Of a backup, which goes by these rules instead of at a time."""
    home: str = ""
    hosts: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    """Of a site from elsewhere: hosts with the folder in which WordPress lay, old.example/blog."""
    prefix: str = "wp_"
    storage: str = "content"
    uploads: bool = True
    """Whether media are among its files."""
    versions: Versions = Versions()
    database: DatabasePart | None = None
    files: FilesPart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The bucket of a stack's archives, as the caller reaches it. The client may be shared."""

    target: Target
    bucket: str
    account: str
    s3: S3Client
    days: int
    """How long what a verb puts there is kept."""

    @property
    def owner(self) -> dict[str, Any]:
        """Said with each call: a bucket of that name in another account is not ours."""
        return {"ExpectedBucketOwner": self.account}

    def archive(self, site: str, id_: str | None = None) -> Archive:
        """One of the site's, or a new one. Raises OperationError for what is no id."""
        if id_ is not None and not ID.fullmatch(id_):
            raise OperationError(f"{id_!r} is no archive; such as 20261129T180500Z-9c1f04ab")
        return Archive(self, site, id_ or new_id())

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys of all objects below a prefix."""
        pages = self.s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=prefix, **self.owner):
            for each in page.get("Contents", []):
                yield each.get("Key", "")


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive of one site, whether it is there or not."""

    store: Store
    site: str
    id: str

    @property
    def url(self) -> str:
        return f"s3://{self.store.bucket}/{self.site}/{self.id}"

    def key(self, name: str) -> str:
        return f"{self.site}/{self.id}/{name}"

    def object_key(self, sha256: str) -> str:
        """Where a file of this content lies."""
        return f"{self.site}/objects/{sha256[:2]}/{sha256}"

    def is_there(self) -> bool:
        """Whether it was finished."""
        with told_in_words(self.store.target):
            return self.key(MANIFEST) in self.store.keys(self.key(MANIFEST))

    def manifest(self) -> Manifest:
        """Raises OperationError: there is none, or it is none that this version reads."""
        store = self.store
        with told_in_words(store.target):
            try:
                answer = store.s3.get_object(
                    Bucket=store.bucket, Key=self.key(MANIFEST), **store.owner
                )
            except store.s3.exceptions.NoSuchKey:
                raise OperationError(f"there is no finished archive at {self.url}") from None
            text = answer["Body"].read()
        try:
            return Manifest.model_validate_json(text)
        except ValidationError as error:
            where = ".".join(str(each) for each in error.errors()[0]["loc"])
            raise OperationError(f"the manifest of {self.url} is wrong at {where}") from None

    def require_uploads(self) -> None:
        """Raises OperationError for one that was made for a copy which shows its original's."""
        if not self.manifest().uploads:
            raise OperationError(
                f"{self.url} has no uploads, which stayed where they are; leave --archive away, "
                "for a new one"
            )

    def forget(self) -> None:
        """Takes away what makes it one: it has people's data, or not all files of its list."""
        store, database = self.store, self.manifest().database
        with told_in_words(store.target):
            # Last its manifest, without which nobody would know what else goes.
            for name in (*([database.name] if database else []), MANIFEST):
                store.s3.delete_object(Bucket=store.bucket, Key=self.key(name), **store.owner)


def new_id(now: datetime | None = None) -> str:
    """Ids sort by their time."""
    return f"{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def begun_at(id_: str) -> datetime:
    """When the archive of an id was begun, to the second."""
    return datetime.strptime(id_[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def store_of(declared: Declared, site: str, session: boto3.Session | None = None) -> Store:
    """The bucket of the stack that the site lives in.

    Raises FleetError for an unknown site, OperationError for the simulated environment and for a
    stack without the bucket.
    """
    target = declared.home(declared.site(site))
    if target.simulated:
        raise OperationError(
            f"{target.stack} is simulated: it has no data of {site} that could be moved"
        )
    return stack_store(declared, target, session)


def stack_store(declared: Declared, target: Target, session: boto3.Session | None = None) -> Store:
    """The bucket of a stack, which may be one that no site names any more.

    Raises OperationError: the simulated environment, a stack without the bucket.
    """
    if target.simulated:
        raise OperationError(f"{target.stack} is simulated: it has no data that could be moved")
    session = session or open_session(target)
    with told_in_words(target):
        account = str(session.client("sts", config=_CONFIG).get_caller_identity()["Account"])
        s3 = session.client("s3", config=_CONFIG)
        region = s3.meta.region_name
        bucket = archive_bucket_name(target.environment, target.cell, account, region)
        _require(s3, bucket, account, target)
    return Store(
        target=target,
        bucket=bucket,
        account=account,
        s3=s3,
        days=declared.settings.archive_days,
    )


def _require(s3: S3Client, bucket: str, account: str, target: Target) -> None:
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except s3.exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") not in ("404", "NoSuchBucket"):
            raise
        raise OperationError(
            f"{target.stack} has no bucket for archives yet; "
            f"fleet up --env {target.environment} makes it"
        ) from None
