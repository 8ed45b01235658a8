"""The Fargate service that runs a site's tasks."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.site.context import SiteContext
from components.site.network import network_configuration
from components.site.routing import Routing
from components.site.task_definition import TaskDefinition
from fleet.site.capacity import Capacity
from fleet.site.scaling import is_autoscaled


class Service:
    """The service, while the site is live.

    Pausing deletes the ECS service and resuming makes it anew, because no setting does both:
    once autoscaling owns the desired count the program ignores it, so a service stopped at 0
    would stay there (registering new bounds does not move it). Deletion and creation always hold.
    """

    ecs_service: aws.ecs.Service | None

    def __init__(self, context: SiteContext) -> None:
        self.ecs_service = _service(context) if context.live else None
        self.outputs = {"service": context.site.name if context.live else None}


def _service(context: SiteContext) -> aws.ecs.Service:
    site, routing = context.site, context.part(Routing)
    return aws.ecs.Service(
        site.name,
        name=site.name,
        cluster=context.base.cluster_arn,
        task_definition=context.part(TaskDefinition).arn,
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
                "target_group_arn": routing.target_group_arn,
                "container_name": "wordpress",
                "container_port": site.port,
            }
        ],
        network_configuration=network_configuration(context),
        enable_execute_command=True,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        opts=pulumi.ResourceOptions(
            parent=context.owner,
            # They attach the target group to a listener; without it ECS refuses the service.
            depends_on=list(routing.rules),
            ignore_changes=["desiredCount"] if is_autoscaled(site) else None,
        ),
    )


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
