"""File systems and access points."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator.calls import answers
from simulator.outputs import ACCOUNT
from simulator.services.efs.rules import MOUNT_TARGET
from simulator.tags import listed
from simulator.world import World

CREATED = datetime(2026, 1, 1, tzinfo=UTC)  # of all there is, since no time passes


@answers("efs", "DescribeFileSystems")
def describe_file_systems(world: World, _: dict[str, Any]) -> dict[str, Any]:
    return {
        "FileSystems": [
            {
                "FileSystemId": one.id,
                "OwnerId": ACCOUNT,
                "CreationToken": one.props.get("creationToken", one.id),
                "CreationTime": CREATED,
                "NumberOfMountTargets": len(world.find(MOUNT_TARGET, fileSystemId=one.id)),
                "PerformanceMode": one.props.get("performanceMode", "generalPurpose"),
                "LifeCycleState": "available",
                "SizeInBytes": {"Value": int(one.props["sizeInBytes"][0]["value"])},
                "Tags": listed(one),
            }
            for one in world.resources("aws:efs/fileSystem:FileSystem")
        ]
    }


@answers("efs", "DescribeAccessPoints")
def describe_access_points(world: World, params: dict[str, Any]) -> dict[str, Any]:
    return {
        "AccessPoints": [
            {"AccessPointId": one.id, "Tags": listed(one)}
            for one in world.find(
                "aws:efs/accessPoint:AccessPoint", fileSystemId=params["FileSystemId"]
            )
        ]
    }
