"""Where tasks run: the ECS cluster and the security group that every task carries."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.base.context import BaseContext
from components.base.load_balancer import LoadBalancer
from components.base.network import Network
from fleet.names import cluster_name


class Compute:
    """ECS cluster with Fargate on demand and on Spot."""

    cluster_name: pulumi.Output[str]
    cluster_arn: pulumi.Output[str]
    """Known once the cluster has its capacity providers; a service that names one needs both."""
    task_security_group_id: pulumi.Output[str]

    def __init__(self, context: BaseContext) -> None:
        name, settings = f"{context.name}-compute", context.settings
        cluster = aws.ecs.Cluster(
            name,
            name=cluster_name(settings.environment, settings.cell),
            settings=[{"name": "containerInsights", "value": "enabled"}],
            opts=context.child,
        )
        providers = aws.ecs.ClusterCapacityProviders(
            name,
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            opts=context.child,
        )
        self.cluster_name = cluster.name
        self.cluster_arn = pulumi.Output.all(cluster.arn, providers.id).apply(lambda v: v[0])
        self.task_security_group_id = _task_security_group(f"{name}-tasks", context).id
        self.outputs = {"cluster": {"arn": self.cluster_arn, "name": self.cluster_name}}


def _task_security_group(name: str, context: BaseContext) -> aws.ec2.SecurityGroup:
    """In from the load balancer only, so one site's tasks can't reach another's.

    Out to everywhere: plugins, updates, mail and payment services are on the internet.
    """
    return aws.ec2.SecurityGroup(
        name,
        vpc_id=context.part(Network).vpc_id,
        description="Tasks of all sites: from the load balancer only",
        ingress=[
            {
                "protocol": "tcp",
                "from_port": 1,
                "to_port": 65535,
                "security_groups": [context.part(LoadBalancer).security_group_id],
                "description": "The load balancer, to whatever port a site chose",
            }
        ],
        egress=[
            {
                "protocol": "-1",
                "from_port": 0,
                "to_port": 0,
                "cidr_blocks": ["0.0.0.0/0"],
                "description": "Updates, mail, payment services",
            }
        ],
        opts=context.child,
    )
