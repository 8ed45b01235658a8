"""A site's task definition and the Fargate service that runs it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.task import CONTENT_VOLUME, VOLUMES
from fleet.site.capacity import Capacity
from fleet.site.model import Site
from fleet.site.scaling import is_autoscaled

TYPE = "wordpress-fleet:index:Service"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceArgs:
    site: Site
    family: str
    container_definitions: pulumi.Input[str]
    architecture: str
    """`arm64` or `x86_64`."""
    execution_role_arn: pulumi.Input[str]
    task_role_arn: pulumi.Input[str]
    file_system_id: pulumi.Input[str]
    access_point_id: pulumi.Input[str]
    cluster_arn: pulumi.Input[str]
    target_group_arn: pulumi.Input[str]
    listener_rules: Sequence[pulumi.Resource]
    """What attaches the target group to a listener; without it ECS refuses the service."""
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    assign_public_ip: bool


class Service(pulumi.ComponentResource):
    """The task definition, and while the site is live the service that runs it.

    Pausing deletes the ECS service and resuming makes it anew, because no setting does both:
    once autoscaling owns the desired count the program ignores it, so a service stopped at 0
    would stay there (registering new bounds does not move it). Deletion and creation always hold.
    """

    ecs_service: aws.ecs.Service | None

    def __init__(
        self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        task_definition = self._task_definition(args)
        live = args.site.state == "live"
        self.ecs_service = self._service(args, task_definition.arn) if live else None
        self.register_outputs({"task_definition_arn": task_definition.arn})

    def _task_definition(self, args: ServiceArgs) -> aws.ecs.TaskDefinition:
        site = args.site
        return aws.ecs.TaskDefinition(
            site.name,
            family=args.family,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(site.size.cpu),
            memory=str(site.size.memory),
            runtime_platform={
                "operating_system_family": "LINUX",
                "cpu_architecture": args.architecture.upper(),
            },
            execution_role_arn=args.execution_role_arn,
            task_role_arn=args.task_role_arn,
            container_definitions=args.container_definitions,
            volumes=[
                {
                    "name": CONTENT_VOLUME,
                    "efs_volume_configuration": {
                        "file_system_id": args.file_system_id,
                        "transit_encryption": "ENABLED",
                        "authorization_config": {
                            "access_point_id": args.access_point_id,
                            "iam": "ENABLED",
                        },
                    },
                },
                *({"name": volume} for volume in VOLUMES),
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _service(
        self, args: ServiceArgs, task_definition_arn: pulumi.Input[str]
    ) -> aws.ecs.Service:
        site = args.site
        return aws.ecs.Service(
            site.name,
            name=site.name,
            cluster=args.cluster_arn,
            task_definition=task_definition_arn,
            desired_count=site.scaling.min,
            capacity_provider_strategies=capacity_provider_strategy(site.capacity),
            # AWS takes a new strategy only together with a new deployment.
            force_new_deployment=True,
            # An `up` is done when the new tasks serve, and fails when ECS rolls back: else the
            # next cell would get a broken image before this one is known to be ill.
            wait_for_steady_state=True,
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="ENABLED",
            health_check_grace_period_seconds=site.health.grace,
            load_balancers=[
                {
                    "target_group_arn": args.target_group_arn,
                    "container_name": "wordpress",
                    "container_port": site.port,
                }
            ],
            network_configuration=_network(args),
            enable_execute_command=True,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.listener_rules),
                ignore_changes=["desiredCount"] if is_autoscaled(site) else None,
            ),
        )


def _network(args: ServiceArgs) -> aws.ecs.ServiceNetworkConfigurationArgsDict:
    return {
        "subnets": args.subnet_ids,
        "security_groups": list(args.security_group_ids),
        "assign_public_ip": args.assign_public_ip,
    }


def capacity_provider_strategy(
    capacity: Capacity,
) -> list[aws.ecs.ServiceCapacityProviderStrategyArgsDict]:
    """On-demand first, `base` tasks of it; the rest is shared out by the weights."""
    strategy: list[aws.ecs.ServiceCapacityProviderStrategyArgsDict] = []
    if capacity.on_demand_weight or capacity.on_demand_base:
        strategy.append(
            {
                "capacity_provider": "FARGATE",
                "base": capacity.on_demand_base,
                "weight": capacity.on_demand_weight,
            }
        )
    if capacity.spot_weight:
        strategy.append({"capacity_provider": "FARGATE_SPOT", "weight": capacity.spot_weight})
    return strategy
