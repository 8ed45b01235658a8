"""The stack's file system, and which sites have a place on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from operations.running.belonging import Stack, tags_of

if TYPE_CHECKING:
    from mypy_boto3_efs import EFSClient


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystem:
    """The EFS file system that all sites of a stack keep their files on.

    `bytes` is what AWS meters, of all sites together and in all storage classes, at `measured`,
    which may be hours ago. EFS meters no access point, so what one site has is not known here.
    """

    id: str
    state: str
    bytes: int
    measured: datetime | None


def read_file_system(efs: EFSClient, stack: Stack) -> FileSystem | None:
    """The stack's file system; AWS can't filter by tags, so all of the region are listed."""
    for page in efs.get_paginator("describe_file_systems").paginate():
        for found in page["FileSystems"]:
            tags = tags_of(found["Tags"])
            if stack.owns(tags) and "Site" not in tags:
                return FileSystem(
                    id=found["FileSystemId"],
                    state=found["LifeCycleState"],
                    bytes=found["SizeInBytes"]["Value"],
                    measured=found["SizeInBytes"].get("Timestamp"),
                )
    return None


def read_homes(efs: EFSClient, stack: Stack, file_system: str) -> set[str]:
    """The sites with an access point, which each has from its first deployment to its removal."""
    pages = efs.get_paginator("describe_access_points").paginate(FileSystemId=file_system)
    tags = [tags_of(point.get("Tags", [])) for page in pages for point in page["AccessPoints"]]
    return {one["Site"] for one in tags if stack.owns(one) and "Site" in one}
