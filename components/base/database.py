"""What every Aurora cluster of a stack stands on, and the one that sites may share."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.aurora import PARAMETER_FAMILY, AuroraCluster, ClusterArgs, DatabaseAccess
from components.base.context import BaseContext
from components.base.network import Network
from components.parts import NO_OUTPUTS
from fleet.site.database import SHARED_BACKUP_DAYS

# From here on a visitor waits for the query, and its statement is in the log.
SLOW_QUERY_SECONDS = 2


class Database:
    """Subnet group, parameter group, and the shared cluster when the settings have one."""

    outputs = NO_OUTPUTS
    subnet_group_name: pulumi.Output[str]
    parameter_group_name: pulumi.Output[str]
    shared: DatabaseAccess | None
    """Access to the shared cluster."""

    def __init__(self, context: BaseContext) -> None:
        name = f"{context.name}-database"
        subnets = aws.rds.SubnetGroup(
            name, subnet_ids=context.part(Network).isolated_subnet_ids, opts=context.child
        )
        parameters = aws.rds.ClusterParameterGroup(
            name,
            family=PARAMETER_FAMILY,
            description="WordPress: utf8mb4, TLS required",
            parameters=[
                {"name": "character_set_server", "value": "utf8mb4"},
                {"name": "collation_server", "value": "utf8mb4_unicode_520_ci"},
                {"name": "require_secure_transport", "value": "ON"},
                # Or a site could make no trigger and no function once somebody turns the binary log
                # on, as replication to elsewhere needs it: error 1419, as nobody has SUPER there
                # (AWS's knowledge center, "rds-mysql-functions").
                {"name": "log_bin_trust_function_creators", "value": "1"},
                {"name": "slow_query_log", "value": "1"},
                {"name": "long_query_time", "value": str(SLOW_QUERY_SECONDS)},
            ],
            opts=context.child,
        )
        self.subnet_group_name = subnets.name
        self.parameter_group_name = parameters.name
        self.shared = self._shared(f"{name}-shared", context)

    def _shared(self, name: str, context: BaseContext) -> DatabaseAccess | None:
        shared = context.settings.shared_database
        if shared is None:
            return None
        args = ClusterArgs(
            vpc_id=context.part(Network).vpc_id,
            subnet_group_name=self.subnet_group_name,
            parameter_group_name=self.parameter_group_name,
            min_acu=shared.min_acu,
            max_acu=shared.max_acu,
            readers=shared.readers,
            backup_days=SHARED_BACKUP_DAYS,
        )
        return AuroraCluster(context, name, args).access
