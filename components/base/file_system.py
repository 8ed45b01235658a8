"""The file system that all sites of a stack keep their files on."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components import policies
from components.base.compute import Compute
from components.base.context import BaseContext
from components.base.network import Network

NFS_PORT = 2049


class FileSystem:
    """Encrypted elastic EFS with a mount target a zone, reachable from tasks only.

    Files not read for 30 days move to Infrequent Access, after 90 to Archive, and come back when
    they are read: a library of old uploads then costs 0.016 instead of 0.30 USD a GB and month.
    """

    id: pulumi.Output[str]
    arn: pulumi.Output[str]
    mounted_id: pulumi.Output[str]
    """The same id, known once the file system can be mounted in every zone."""

    def __init__(self, context: BaseContext) -> None:
        name = f"{context.name}-files"
        file_system = aws.efs.FileSystem(
            name,
            encrypted=True,
            kms_key_id=context.settings.kms_key_arn,
            throughput_mode="elastic",
            lifecycle_policies=[
                {"transition_to_ia": "AFTER_30_DAYS"},
                {"transition_to_archive": "AFTER_90_DAYS"},
                {"transition_to_primary_storage_class": "AFTER_1_ACCESS"},
            ],
            opts=context.keeper,
        )
        aws.efs.BackupPolicy(
            name,
            file_system_id=file_system.id,
            # The vault has a copy a day, too, and each is paid for.
            backup_policy={"status": "DISABLED" if context.settings.vault else "ENABLED"},
            opts=context.child,
        )
        policy = aws.efs.FileSystemPolicy(
            name,
            file_system_id=file_system.id,
            policy=file_system.arn.apply(lambda arn: json.dumps(policies.file_system(arn))),
            opts=context.child,
        )
        targets = _mount_targets(name, file_system, context)
        self.id = file_system.id
        self.arn = file_system.arn
        self.mounted_id = pulumi.Output.all(
            file_system.id, policy.id, *(target.id for target in targets)
        ).apply(lambda v: v[0])
        self.outputs = {"file_system": {"arn": self.arn, "id": self.id}}


def _mount_targets(
    name: str, file_system: aws.efs.FileSystem, context: BaseContext
) -> list[aws.efs.MountTarget]:
    network = context.part(Network)
    group = aws.ec2.SecurityGroup(
        name,
        vpc_id=network.vpc_id,
        description="The file system: NFS from tasks only",
        ingress=[
            {
                "protocol": "tcp",
                "from_port": NFS_PORT,
                "to_port": NFS_PORT,
                "security_groups": [context.part(Compute).task_security_group_id],
                "description": "NFS from tasks",
            }
        ],
        opts=context.child,
    )
    return [
        aws.efs.MountTarget(
            f"{name}-{zone}",
            file_system_id=file_system.id,
            subnet_id=subnet_id,
            security_groups=[group.id],
            opts=context.child,
        )
        for zone, subnet_id in network.data_zones.items()
    ]
