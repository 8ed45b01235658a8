"""File systems and access points."""

from __future__ import annotations

from typing import Any

from simulator.calls import answers
from simulator.tags import listed
from simulator.world import World


@answers("efs", "DescribeFileSystems")
def describe_file_systems(world: World, _: dict[str, Any]) -> dict[str, Any]:
    return {
        "FileSystems": [
            {
                "FileSystemId": one.id,
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
