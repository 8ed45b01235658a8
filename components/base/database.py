"""What every Aurora cluster of a stack stands on, and the one that sites may share."""

import pulumi
import pulumi_aws as aws

from components.aurora import PARAMETER_FAMILY, AuroraCluster, DatabaseAccess
from components.base.network import Network
from fleet.settings.model import SharedDatabase

TYPE = "wordpress-fleet:index:Database"

SHARED_BACKUP_DAYS = 7


class Database(pulumi.ComponentResource):
    subnet_group_name: pulumi.Output[str]
    parameter_group_name: pulumi.Output[str]
    shared: DatabaseAccess | None
    """Access to the shared cluster, when the settings have one."""

    def __init__(
        self,
        name: str,
        *,
        network: Network,
        shared: SharedDatabase | None,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        subnets = aws.rds.SubnetGroup(name, subnet_ids=network.isolated_subnet_ids, opts=child)
        parameters = aws.rds.ClusterParameterGroup(
            name,
            family=PARAMETER_FAMILY,
            description="WordPress: utf8mb4, TLS required",
            parameters=[
                {"name": "character_set_server", "value": "utf8mb4"},
                {"name": "collation_server", "value": "utf8mb4_unicode_520_ci"},
                {"name": "require_secure_transport", "value": "ON"},
            ],
            opts=child,
        )
        self.subnet_group_name = subnets.name
        self.parameter_group_name = parameters.name
        self.shared = None
        if shared is not None:
            self.shared = self._shared(f"{name}-shared", network, shared, protect).access
        self.register_outputs({"subnet_group_name": self.subnet_group_name})

    def _shared(
        self, name: str, network: Network, shared: SharedDatabase, protect: bool
    ) -> AuroraCluster:
        return AuroraCluster(
            name,
            {
                "vpc_id": network.vpc_id,
                "subnet_group_name": self.subnet_group_name,
                "parameter_group_name": self.parameter_group_name,
                "min_acu": shared.min_acu,
                "max_acu": shared.max_acu,
                "readers": shared.readers,
                "backup_days": SHARED_BACKUP_DAYS,
                "protect": protect,
            },
            pulumi.ResourceOptions(parent=self),
        )
