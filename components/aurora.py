"""An Aurora MySQL Serverless v2 cluster: one site's own, or the one that sites share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi_aws.rds.outputs import ClusterMasterUserSecret

from components.parts import Context
from fleet.names import cluster_identifier
from fleet.site.aurora import AURORA_VERSION

ENGINE = aws.rds.EngineType.AURORA_MYSQL
PARAMETER_FAMILY = "aurora-mysql8.0"
PORT = 3306
MASTER_USER = "fleet_master"
LOGS = ("error", "slowquery")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterArgs:
    vpc_id: pulumi.Input[str]
    subnet_group_name: pulumi.Input[str]
    parameter_group_name: pulumi.Input[str]
    min_acu: float
    """Aurora capacity units, 0-256 in halves; one is about 2 GiB of memory."""
    max_acu: float
    pause_after: int | None = None
    """Seconds without a connection before a cluster with `min_acu` 0 pauses; AWS's 300 if unset."""
    readers: int
    """Reader instances beside the writer."""
    backup_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseAccess:
    """What a task needs to reach a cluster, whoever owns it."""

    endpoint: pulumi.Input[str]
    cluster_arn: pulumi.Input[str]
    master_secret_arn: pulumi.Input[str]
    client_security_group_id: pulumi.Input[str]


class AuroraCluster:
    """The cluster, its instances, and the one security group that reaches it.

    The group is the cluster's and its clients' at once: it admits only its own members, so
    a task reaches the database exactly when it carries the group.
    """

    access: DatabaseAccess

    def __init__(self, context: Context, name: str, args: ClusterArgs) -> None:
        settings = context.settings
        self._key = settings.kms_key_arn
        self._identifier = cluster_identifier(settings.environment, settings.cell, name)
        self._context = context
        self._name = name
        group = self._security_group(args)
        cluster = self._cluster(args, group)
        instances = self._instances(args.readers, cluster)
        self.access = DatabaseAccess(
            # An endpoint answers only once an instance stands behind it.
            endpoint=pulumi.Output.all(cluster.endpoint, instances[0].id).apply(lambda v: v[0]),
            cluster_arn=cluster.arn,
            master_secret_arn=cluster.master_user_secrets.apply(_secret_arn),
            client_security_group_id=group.id,
        )

    def _security_group(self, args: ClusterArgs) -> aws.ec2.SecurityGroup:
        members: aws.ec2.SecurityGroupIngressArgsDict = {
            "protocol": "tcp",
            "from_port": PORT,
            "to_port": PORT,
            "self": True,
        }
        return aws.ec2.SecurityGroup(
            self._name,
            vpc_id=args.vpc_id,
            description="An Aurora cluster and the tasks that may reach it",
            ingress=[{**members, "description": "MySQL from tasks that carry this group"}],
            egress=[{**members, "description": "MySQL to the cluster of this group"}],
            opts=self._context.child,
        )

    def _logs(self) -> list[aws.cloudwatch.LogGroup]:
        """RDS would make them by itself, kept for ever and left behind by `destroy`."""
        return [
            aws.cloudwatch.LogGroup(
                f"{self._name}-{kind}",
                name=f"/aws/rds/cluster/{self._identifier}/{kind}",
                retention_in_days=self._context.settings.log_retention_days,
                kms_key_id=self._key,
                opts=self._context.child,
            )
            for kind in LOGS
        ]

    def _cluster(self, args: ClusterArgs, group: aws.ec2.SecurityGroup) -> aws.rds.Cluster:
        return aws.rds.Cluster(
            self._name,
            cluster_identifier=self._identifier,
            engine=ENGINE,
            engine_version=AURORA_VERSION,
            engine_mode="provisioned",
            serverlessv2_scaling_configuration=_capacity(args),
            master_username=MASTER_USER,
            manage_master_user_password=True,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            kms_key_id=self._key,
            master_user_secret_kms_key_id=self._key,
            db_subnet_group_name=args.subnet_group_name,
            db_cluster_parameter_group_name=args.parameter_group_name,
            vpc_security_group_ids=[group.id],
            backup_retention_period=args.backup_days,
            preferred_maintenance_window=self._context.settings.maintenance_window,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=list(LOGS),
            deletion_protection=self._context.protect,
            skip_final_snapshot=False,
            # A snapshot's name must be new each time a cluster of this name goes. The group's id
            # is, because it comes and goes with the cluster.
            final_snapshot_identifier=group.id.apply(
                lambda group_id: f"{self._name}-final-{group_id.removeprefix('sg-')}"
            ),
            # Capacity and protection are to hold after `up`, not after the maintenance window.
            apply_immediately=True,
            opts=self._kept(),
        )

    def _kept(self) -> pulumi.ResourceOptions:
        """The options of the cluster."""
        return pulumi.ResourceOptions(
            parent=self._context.owner,
            protect=self._context.protect,
            # Whoever upgrades a cluster, AWS or its owner, must not be taken back.
            ignore_changes=["engineVersion"],
            # They are there before it, so that RDS makes none.
            depends_on=self._logs(),
            # Two clusters can't have one identifier.
            delete_before_replace=True,
        )

    def _instances(self, readers: int, cluster: aws.rds.Cluster) -> list[aws.rds.ClusterInstance]:
        instances: list[aws.rds.ClusterInstance] = []
        for number in range(1, readers + 2):
            # A failover swaps the roles, so the names are numbers. The provider adds 26 characters
            # to the prefix; AWS allows 63 in all.
            instances.append(
                aws.rds.ClusterInstance(
                    f"{self._name}-{number}",
                    identifier_prefix=f"{self._name}-{number}-",
                    cluster_identifier=cluster.id,
                    engine=ENGINE,
                    instance_class="db.serverless",
                    promotion_tier=number - 1,
                    # AWS advises against it on a long-term-support line, which it may leave.
                    auto_minor_version_upgrade=False,
                    publicly_accessible=False,
                    preferred_maintenance_window=self._context.settings.maintenance_window,
                    apply_immediately=True,
                    # The first instance becomes the writer, so the readers wait for it.
                    opts=pulumi.ResourceOptions(
                        parent=self._context.owner, depends_on=instances[:1]
                    ),
                )
            )
        return instances


def _capacity(
    args: ClusterArgs,
) -> aws.rds.ClusterServerlessv2ScalingConfigurationArgsDict:
    capacity: aws.rds.ClusterServerlessv2ScalingConfigurationArgsDict = {
        "min_capacity": args.min_acu,
        "max_capacity": args.max_acu,
    }
    if args.pause_after is not None:
        capacity["seconds_until_auto_pause"] = args.pause_after
    return capacity


def _secret_arn(secrets: Sequence[ClusterMasterUserSecret]) -> str:
    """The one secret that RDS manages for a cluster with `manage_master_user_password`."""
    arn = secrets[0].secret_arn
    if arn is None:
        raise ValueError("RDS gave no ARN for the master user's secret")
    return arn
