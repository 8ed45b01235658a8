"""EFS: a folder for each access point, shown under its forced owner where the machine has FUSE."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from simulator.local import access_point
from simulator.local.place import Place
from simulator.world import Resource, World

ACCESS_POINT = "aws:efs/accessPoint:AccessPoint"
FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"


@dataclass
class Files:
    """The file systems of the account, below `.local/running/files`."""

    place: Place
    world: World

    def keep(self) -> None:
        """Unmounts access points that are gone, and drops the files of file systems that are."""
        points = {point.id for point in self.world.resources(ACCESS_POINT)}
        for mount in self.place.room("mounts").iterdir():
            if mount.name not in points:
                access_point.unmount(mount)
                mount.rmdir()
        systems = {system.id for system in self.world.resources(FILE_SYSTEM)}
        for folder in self.place.room("files").iterdir():
            if folder.name not in systems:
                shutil.rmtree(folder)

    def mount(self, point_id: str) -> Path:
        """The access point as a task mounts it. LookupError when the account has none."""
        point = self.world.get(ACCESS_POINT, point_id)
        if point is None:
            raise LookupError(f"no access point {point_id}")
        folder = self._root(point)
        if not access_point.is_possible():
            return folder
        mount = self.place.room("mounts") / point_id
        if not mount.is_mount():
            # A FUSE server that was killed leaves a mount that answers nothing.
            access_point.unmount(mount)
            access_point.mounted(folder, mount, int(point.props["posixUser"]["uid"]), stays=True)
        return mount

    def _root(self, point: Resource) -> Path:
        root = point.props["rootDirectory"]
        folder = self.place.room("files") / point.props["fileSystemId"] / root["path"].lstrip("/")
        if not folder.exists():
            given = root["creationInfo"]
            access_point.created(folder, int(given["ownerUid"]), given["permissions"])
            if not access_point.is_possible():
                folder.chmod(0o777)
        return folder

    def close(self) -> None:
        """Ends all mounts; the files stay."""
        for mount in self.place.room("mounts").iterdir():
            access_point.unmount(mount)
