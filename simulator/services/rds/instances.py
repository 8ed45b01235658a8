"""RDS: instances of clusters, subnet groups and parameter groups."""

from __future__ import annotations

from typing import Any

from fleet.quotas import READERS_A_CLUSTER
from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for
from simulator.services.ec2.rules import vpc_of_subnets, zones_of_subnets
from simulator.values import elements

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"

SERVERLESS = "db.serverless"
IDENTIFIER_CHARACTERS = 63  # CreateDBInstance, DBInstanceIdentifier
# DescribeDBEngineVersions, DBParameterGroupFamily.
FAMILIES = ("aurora-mysql8.0", "aurora-mysql5.7", "aurora-postgresql15", "aurora-postgresql16")


@rules_for(INSTANCE)
class ClusterInstance(Rules):
    """A writer or reader."""

    def compute(self, call: Call) -> None:
        """Much is the cluster's."""
        props = call.props
        if props.get("identifier") is None and props.get("identifierPrefix"):
            props["identifier"] = f"{props['identifierPrefix']}{call.fresh(26)}"
        cluster = call.world.get(CLUSTER, str(props.get("clusterIdentifier")))
        if cluster is None:
            return
        for name in ("dbSubnetGroupName", "engineVersion", "kmsKeyId", "port", "storageEncrypted"):
            if props.get(name) is None and cluster.props.get(name) is not None:
                props[name] = cluster.props[name]
        props["engineVersionActual"] = cluster.props["engineVersionActual"]
        family = str(cluster.props["dbClusterParameterGroupName"]).removeprefix("default.")
        props.setdefault("dbParameterGroupName", f"default.{family}")
        props["writer"] = not call.world.find(INSTANCE, clusterIdentifier=cluster.key)

    def create(self, call: Call) -> None:
        """It must fit its cluster."""
        props = call.props
        if len(props["identifier"]) > IDENTIFIER_CHARACTERS:
            raise AwsError(
                "InvalidParameterValue",
                f"The parameter DBInstanceIdentifier is not a valid identifier: at most "
                f"{IDENTIFIER_CHARACTERS} characters: {props['identifier']}",
            )
        cluster = call.world.get(CLUSTER, props["clusterIdentifier"])
        if cluster is None:
            return
        if props["engine"] != cluster.props["engine"]:
            raise AwsError(
                "InvalidParameterCombination",
                f"The engine name requested for your DB instance ({props['engine']}) doesn't match "
                f"the engine name of your DB cluster ({cluster.props['engine']}).",
            )
        scaling = cluster.props.get("serverlessv2ScalingConfiguration")
        if props["instanceClass"] == SERVERLESS and not scaling:
            raise AwsError(
                "InvalidParameterCombination",
                "Set the Serverless v2 scaling configuration on the parent DB cluster before "
                "creating a Serverless v2 DB instance.",
            )
        members = call.world.find(INSTANCE, clusterIdentifier=cluster.key)
        if len(members) > READERS_A_CLUSTER:
            raise AwsError("InstanceQuotaExceeded", "A cluster has at most 16 instances")
        self.update(call)

    def update(self, call: Call) -> None:
        """Monitoring needs a role to write with."""
        if call.props.get("monitoringInterval") and not call.props.get("monitoringRoleArn"):
            raise AwsError(
                "InvalidParameterCombination",
                "A MonitoringRoleARN value is required if you specify a MonitoringInterval value "
                "other than 0.",
            )


@rules_for("aws:rds/subnetGroup:SubnetGroup")
class SubnetGroup(Rules):
    """Where clusters may lie."""

    def compute(self, call: Call) -> None:
        """The VPC of the subnets."""
        call.props["vpcId"] = vpc_of_subnets(call, call.props.get("subnetIds") or [])

    def create(self, call: Call) -> None:
        """Two zones at least."""
        zones = set(zones_of_subnets(call, call.props["subnetIds"]))
        if len(zones) < 2:
            raise AwsError(
                "DBSubnetGroupDoesNotCoverEnoughAZs",
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
                f"Current AZ coverage: {', '.join(sorted(zones))}. Add subnets to cover at least "
                "2 AZs.",
            )

    update = create


@rules_for("aws:rds/clusterParameterGroup:ClusterParameterGroup")
class ClusterParameterGroup(Rules):
    """Settings of the database engine."""

    def canonical(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Names and ways of applying compare in lower case."""
        for parameter in elements(inputs.get("parameters")):
            for name in ("name", "applyMethod"):
                if isinstance(parameter, dict) and isinstance(parameter.get(name), str):
                    parameter[name] = parameter[name].lower()
        return inputs

    def create(self, call: Call) -> None:
        """A family that RDS has."""
        family = call.props["family"]
        if family not in FAMILIES:
            raise AwsError(
                "InvalidParameterValue",
                f"ParameterGroupFamily {family} is not a valid parameter group family",
            )
