"""The file system that all sites of a stack keep their files on."""

import json

import pulumi
import pulumi_aws as aws

from components import policies
from components.base.network import Network

TYPE = "wordpress-fleet:index:FileSystem"

NFS_PORT = 2049


class FileSystem(pulumi.ComponentResource):
    """Encrypted elastic EFS with a mount target a zone, reachable from tasks only.

    Files not read for 30 days move to Infrequent Access, after 90 to Archive, and come back when
    they are read: a library of old uploads then costs 0.016 instead of 0.30 USD a GB and month.
    """

    id: pulumi.Output[str]
    arn: pulumi.Output[str]
    mounted_id: pulumi.Output[str]
    """The same id, known once the file system can be mounted in every zone."""

    def __init__(
        self,
        name: str,
        *,
        network: Network,
        client_security_group_id: pulumi.Input[str],
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        file_system = aws.efs.FileSystem(
            name,
            encrypted=True,
            throughput_mode="elastic",
            lifecycle_policies=[
                {"transition_to_ia": "AFTER_30_DAYS"},
                {"transition_to_archive": "AFTER_90_DAYS"},
                {"transition_to_primary_storage_class": "AFTER_1_ACCESS"},
            ],
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        child = pulumi.ResourceOptions(parent=self)
        aws.efs.BackupPolicy(
            name, file_system_id=file_system.id, backup_policy={"status": "ENABLED"}, opts=child
        )
        policy = aws.efs.FileSystemPolicy(
            name,
            file_system_id=file_system.id,
            policy=file_system.arn.apply(lambda arn: json.dumps(policies.file_system(arn))),
            opts=child,
        )
        targets = self._mount_targets(name, file_system, network, client_security_group_id)
        self.id = file_system.id
        self.arn = file_system.arn
        self.mounted_id = pulumi.Output.all(
            file_system.id, policy.id, *(target.id for target in targets)
        ).apply(lambda v: v[0])
        self.register_outputs({"id": self.id})

    def _mount_targets(
        self,
        name: str,
        file_system: aws.efs.FileSystem,
        network: Network,
        client_security_group_id: pulumi.Input[str],
    ) -> list[aws.efs.MountTarget]:
        child = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=network.vpc_id,
            description="The file system: NFS from tasks only",
            ingress=[
                {
                    "protocol": "tcp",
                    "from_port": NFS_PORT,
                    "to_port": NFS_PORT,
                    "security_groups": [client_security_group_id],
                }
            ],
            opts=child,
        )
        return [
            aws.efs.MountTarget(
                f"{name}-{zone + 1}",
                file_system_id=file_system.id,
                subnet_id=network.isolated_subnet_ids.apply(lambda ids, zone=zone: ids[zone]),
                security_groups=[group.id],
                opts=child,
            )
            for zone in range(network.zones)
        ]
