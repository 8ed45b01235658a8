"""Where tasks run: the ECS cluster and the security group that every task carries."""

import pulumi
import pulumi_aws as aws

from components.base.network import Network

TYPE = "wordpress-fleet:index:Compute"


class Compute(pulumi.ComponentResource):
    """ECS cluster with Fargate on demand and on Spot."""

    cluster_name: pulumi.Output[str]
    cluster_arn: pulumi.Output[str]
    """Known once the cluster has its capacity providers; a service that names one needs both."""
    task_security_group_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        cluster_name: str,
        network: Network,
        load_balancer_security_group_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        cluster = aws.ecs.Cluster(
            name,
            name=cluster_name,
            settings=[{"name": "containerInsights", "value": "enabled"}],
            opts=child,
        )
        providers = aws.ecs.ClusterCapacityProviders(
            name,
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            opts=child,
        )
        self.cluster_name = cluster.name
        self.cluster_arn = pulumi.Output.all(cluster.arn, providers.id).apply(lambda v: v[0])
        self.task_security_group_id = self._task_security_group(
            name, network, load_balancer_security_group_id
        ).id
        self.register_outputs({"cluster_arn": self.cluster_arn})

    def _task_security_group(
        self, name: str, network: Network, load_balancer_security_group_id: pulumi.Input[str]
    ) -> aws.ec2.SecurityGroup:
        """In from the load balancer only, so one site's tasks can't reach another's.

        Out to everywhere: plugins, updates, mail and payment services are on the internet.
        """
        return aws.ec2.SecurityGroup(
            f"{name}-tasks",
            vpc_id=network.vpc_id,
            description="Tasks of all sites: from the load balancer only",
            ingress=[
                {
                    "protocol": "tcp",
                    "from_port": 1,
                    "to_port": 65535,
                    "security_groups": [load_balancer_security_group_id],
                }
            ],
            egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
            opts=pulumi.ResourceOptions(parent=self),
        )
