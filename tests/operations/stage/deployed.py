"""Putting on AWS what the program would, as far as the live verbs look at it."""

from dataclasses import dataclass
from typing import Any

import boto3

from fleet.names import PROJECT, cluster_name, log_group_name, stack_label, task_family
from fleet.site.own_task import NETWORK_LABEL, network_label


@dataclass
class DeployedStack:
    """One stack's base, to which sites are added."""

    session: boto3.Session
    environment: str
    cell: str | None = None

    def __post_init__(self) -> None:
        self.cluster = cluster_name(self.environment, self.cell)
        self.ecs = self.session.client("ecs")
        self.ecs.create_cluster(
            clusterName=self.cluster, capacityProviders=["FARGATE", "FARGATE_SPOT"]
        )
        self.efs = self.session.client("efs")
        self.file_system = self.efs.create_file_system(
            CreationToken=self.cluster, Tags=self.tags()
        )["FileSystemId"]
        self.elbv2 = self.session.client("elbv2")
        self.elbv2.create_load_balancer(Name=f"base-{self.cluster}", Tags=self.tags())
        self.rds = self.session.client("rds")
        self.logs = self.session.client("logs")

    def tags(self, site: str | None = None) -> list[Any]:
        own = {"Project": PROJECT, "Environment": self.environment}
        given = own | ({"Cell": self.cell} if self.cell else {}) | ({"Site": site} if site else {})
        return [{"Key": key, "Value": value} for key, value in given.items()]

    def add_site(
        self, name: str, *, tasks: int = 2, database: bool = True, provider: str = "FARGATE"
    ) -> None:
        """A site with a service, as the state `live` makes it.

        The account runs all tasks of a service on its first capacity provider.
        """
        family = self.add_paused_site(name, database=database)
        self.ecs.create_service(
            cluster=self.cluster,
            serviceName=name,
            taskDefinition=family,
            desiredCount=tasks,
            capacityProviderStrategy=[{"capacityProvider": provider, "weight": 1}],
            loadBalancers=[
                {
                    "targetGroupArn": self._target_group(name, tasks),
                    "containerName": "wordpress",
                    "containerPort": 8080,
                }
            ],
            enableExecuteCommand=True,
            networkConfiguration={
                "awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}
            },
        )

    def add_paused_site(self, name: str, *, database: bool = True) -> str:
        """What stays of a site while it is paused: files, database, log and task definition.

        The family of the latter.
        """
        self.efs.create_access_point(
            ClientToken=name, FileSystemId=self.file_system, Tags=self.tags(name)
        )
        self.logs.create_log_group(logGroupName=log_group_name(self.environment, self.cell, name))
        if database:
            self.add_database(f"{name}-database", site=name)
        stands = network_label(
            subnets=["subnet-1"], security_groups=["sg-1"], assign_public_ip=False
        )
        family = task_family(self.environment, self.cell, name)
        self.ecs.register_task_definition(
            family=family,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="512",
            memory="1024",
            containerDefinitions=[
                {"name": "init", "image": "x"},
                {"name": "wordpress", "image": "x", "dockerLabels": {NETWORK_LABEL: stands}},
            ],
        )
        return family

    def add_database(self, name: str, site: str | None = None) -> str:
        """An Aurora cluster; its identifier."""
        identifier = f"{self.cluster}-{name}"
        self.rds.create_db_cluster(
            DBClusterIdentifier=identifier,
            Engine="aurora-mysql",
            MasterUsername="fleet_master",
            ManageMasterUserPassword=True,
            ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 4},
            Tags=self.tags(site),
        )
        return identifier

    def _target_group(self, name: str, tasks: int) -> str:
        made = self.elbv2.create_target_group(
            Name=f"{name}-{stack_label(self.environment, self.cell)}",
            Protocol="HTTP",
            Port=8080,
            TargetType="ip",
        )
        group = made["TargetGroups"][0].get("TargetGroupArn", "")
        targets: list[Any] = [{"Id": f"10.0.0.{10 + number}"} for number in range(tasks)]
        self.elbv2.register_targets(TargetGroupArn=group, Targets=targets)
        return group
