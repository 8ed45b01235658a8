"""EFS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    ACCESS_POINT,
    FILES,
    MOUNT,
    policy,
)

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


def _files_policy(samples: Samples) -> str:
    arn = samples.one(FILES)["arn"]
    return policy(Principal={"AWS": "*"}, Action="elasticfilesystem:ClientMount", Resource=arn)


INPUTS: Inputs = {
    FILES: lambda s: {"encrypted": True},
    ACCESS_POINT: lambda s: {
        "fileSystemId": s.id(FILES),
        "posixUser": {"uid": 1001, "gid": 1001},
        "rootDirectory": {
            "path": "/blog",
            "creationInfo": {"ownerUid": 1001, "ownerGid": 1001, "permissions": "0750"},
        },
    },
    MOUNT: lambda s: {"fileSystemId": s.id(FILES), "subnetId": s.subnets()[0]},
    "aws:efs/backupPolicy:BackupPolicy": lambda s: {
        "fileSystemId": s.id(FILES),
        "backupPolicy": {"status": "ENABLED"},
    },
    "aws:efs/fileSystemPolicy:FileSystemPolicy": lambda s: {
        "fileSystemId": s.id(FILES),
        "policy": _files_policy(s),
    },
}
