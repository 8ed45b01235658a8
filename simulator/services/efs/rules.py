"""EFS: file systems, the directories in them, and the ways in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fleet.quotas import ACCESS_POINTS_A_FILE_SYSTEM
from simulator.errors import AwsError
from simulator.outputs import managed_key
from simulator.rules import Call, Rules, rules_for
from simulator.services.ec2.rules import SUBNET, address_in
from simulator.world import Resource

FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"
ACCESS_POINT = "aws:efs/accessPoint:AccessPoint"
MOUNT_TARGET = "aws:efs/mountTarget:MountTarget"
# Not a resource of AWS's API: a directory with files, which outlives its access point.
DIRECTORY = "simulator:efs/directory:Directory"

SECURITY_GROUPS_A_MOUNT_TARGET = 5  # "Amazon EFS quotas", fixed


@rules_for(FILE_SYSTEM)
class FileSystem(Rules):
    """A file system."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """A key is for an encrypted one; provisioned throughput needs a number."""
        if inputs.get("kmsKeyId") and not inputs.get("encrypted"):
            yield "encrypted", "encrypted must be set to true when kms_key_id is specified"
        provisioned = inputs.get("throughputMode") == "provisioned"
        if provisioned and inputs.get("provisionedThroughputInMibps") is None:
            yield "provisionedThroughputInMibps", "required when throughput_mode is provisioned"

    def compute(self, call: Call) -> None:
        """Its name is a tag; the key is AWS's own where none is given."""
        call.props["name"] = (call.props.get("tags") or {}).get("Name", "")
        if call.props.get("encrypted"):
            call.props.setdefault("kmsKeyId", managed_key(call.region, "elasticfilesystem"))

    def read(self, call: Call, state: dict[str, Any]) -> None:
        """How many mount targets there are now."""
        targets = call.world.find(MOUNT_TARGET, fileSystemId=call.key)
        call.props["numberOfMountTargets"] = len(targets)

    def delete(self, call: Call) -> None:
        """Everything in it goes with it (mount targets have to be gone: the table says so)."""
        for token in (DIRECTORY, ACCESS_POINT):
            for inside in call.world.find(token, fileSystemId=call.key):
                call.world.remove(token, inside.key)


@rules_for(ACCESS_POINT)
class AccessPoint(Rules):
    """A way into one directory, as one user."""

    def create(self, call: Call) -> None:
        """So many a file system; the directory is there from now on.

        AWS makes the directory when the access point is first mounted, and leaves one that exists
        with the owner that it has. So do we, but at once: nothing mounts here.
        """
        file_system = call.props["fileSystemId"]
        others = call.world.find(ACCESS_POINT, fileSystemId=file_system)
        if len(others) >= ACCESS_POINTS_A_FILE_SYSTEM:
            raise AwsError(
                "AccessPointLimitExceeded",
                f"The maximum number of access points, {ACCESS_POINTS_A_FILE_SYSTEM}, has been "
                "reached",
            )
        root = call.props["rootDirectory"]
        key = f"{file_system}:{root['path']}"
        if root["path"] == "/" or call.world.get(DIRECTORY, key):
            return
        owner = root.get("creationInfo") or {}
        props = {"fileSystemId": file_system, "path": root["path"], **owner}
        call.world.write(Resource(DIRECTORY, key, key, call.name, props))


@rules_for(MOUNT_TARGET)
class MountTarget(Rules):
    """The way into a file system from one zone."""

    def compute(self, call: Call) -> None:
        """Zone and address follow from the subnet."""
        subnet = call.world.get(SUBNET, str(call.props.get("subnetId")))
        zone = str(subnet.props["availabilityZone"]) if subnet else f"{call.region}a"
        call.props["availabilityZoneName"] = zone
        call.props["availabilityZoneId"] = subnet.props["availabilityZoneId"] if subnet else ""
        system = f"{call.props['fileSystemId']}.efs.{call.region}.amazonaws.com"
        call.props["mountTargetDnsName"] = f"{zone}.{system}"
        call.props.setdefault("ipAddress", address_in(call, str(call.props.get("subnetId"))))

    def create(self, call: Call) -> None:
        """One a zone."""
        for other in call.world.find(MOUNT_TARGET, fileSystemId=call.props["fileSystemId"]):
            if other.props["availabilityZoneName"] == call.props["availabilityZoneName"]:
                raise AwsError("MountTargetConflict", "mount target already exists in this AZ")
        self.update(call)

    def update(self, call: Call) -> None:
        """Few security groups."""
        if len(call.props.get("securityGroups") or []) > SECURITY_GROUPS_A_MOUNT_TARGET:
            raise AwsError(
                "SecurityGroupLimitExceeded",
                "The maximum number of security groups per mount target is "
                f"{SECURITY_GROUPS_A_MOUNT_TARGET}",
            )
