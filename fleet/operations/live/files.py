"""The file system of each stack, and which sites have a place on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fleet.operations.live.belonging import Stack, owner_of

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


def read_file_systems(efs: EFSClient) -> dict[Stack, FileSystem]:
    """Those of all stacks in the account and region; AWS can't filter them by tags."""
    pages = efs.get_paginator("describe_file_systems").paginate()
    listed = [(owner_of(one["Tags"]), one) for page in pages for one in page["FileSystems"]]
    return {
        owner.stack: FileSystem(
            id=one["FileSystemId"],
            state=one["LifeCycleState"],
            bytes=one["SizeInBytes"]["Value"],
            measured=one["SizeInBytes"].get("Timestamp"),
        )
        for owner, one in listed
        if owner and owner.site is None
    }


def read_homes(efs: EFSClient, file_system: str) -> set[str]:
    """The sites with an access point, which each has from its first deployment to its removal."""
    pages = efs.get_paginator("describe_access_points").paginate(FileSystemId=file_system)
    owners = [owner_of(point.get("Tags", [])) for page in pages for point in page["AccessPoints"]]
    return {owner.site for owner in owners if owner and owner.site}
