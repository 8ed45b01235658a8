"""RDS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    DATABASE,
    GROUP,
    INSTANCE,
    PARAMETERS,
    SUBNET_GROUP,
)

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


def _database(samples: Samples) -> dict[str, Any]:
    return {
        "clusterIdentifier": f"blog-{samples.count}",
        "engine": "aurora-mysql",
        "engineVersion": "8.0.mysql_aurora.3.10.0",
        "masterUsername": "fleet",
        "manageMasterUserPassword": True,
        "dbSubnetGroupName": samples.id(SUBNET_GROUP),
        "vpcSecurityGroupIds": [samples.id(GROUP)],
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 4},
        "skipFinalSnapshot": True,
    }


INPUTS: Inputs = {
    DATABASE: _database,
    INSTANCE: lambda s: {
        "clusterIdentifier": s.id(DATABASE),
        "engine": "aurora-mysql",
        "instanceClass": "db.serverless",
    },
    SUBNET_GROUP: lambda s: {"subnetIds": s.subnets()},
    PARAMETERS: lambda s: {
        "family": "aurora-mysql8.0",
        "parameters": [{"name": "character_set_server", "value": "utf8mb4"}],
    },
}
