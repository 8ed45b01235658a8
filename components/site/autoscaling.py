"""How the number of a site's tasks follows its load and its schedules."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from components.site.routing import Routing
from components.site.service import Service
from fleet.site.scaling import is_autoscaled

NAMESPACE, DIMENSION = "ecs", "ecs:service:DesiredCount"


class Autoscaling:
    """Bounds, a CPU policy, a request policy where one is asked for, and the schedules; nothing
    for a site that isn't live or has a fixed number of tasks.

    Policies and schedules have fixed names: the calls that put them then overwrite instead of
    adding a twin when an interrupted `up` is repeated.

    None takes anything of the service's outputs: those of one that failed are unknown, which ends
    the run for all other sites, whereas what depends on it is only passed over.
    """

    outputs = NO_OUTPUTS

    def __init__(self, context: SiteContext) -> None:
        self._context = context
        self._site, self._scaling = context.site.name, context.site.scaling
        service = context.part(Service).ecs_service
        if service is not None and is_autoscaled(context.site):
            self._follow(service)

    def _follow(self, service: aws.ecs.Service) -> None:
        scaling, base = self._scaling, self._context.base
        self._resource_id = pulumi.Output.format("service/{0}/{1}", base.cluster_name, self._site)
        target = aws.appautoscaling.Target(
            self._site,
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=self._resource_id,
            min_capacity=scaling.min,
            max_capacity=scaling.max,
            opts=self._behind(service),
        )
        self._behind_target = self._behind(target)
        self._tracking("cpu", scaling.cpu, "ECSServiceAverageCPUUtilization")
        if scaling.requests is not None:
            label = pulumi.Output.format(
                "{0}/{1}",
                base.load_balancer_arn_suffix,
                self._context.part(Routing).target_group_arn_suffix,
            )
            self._tracking("requests", scaling.requests, "ALBRequestCountPerTarget", label)
        for schedule in scaling.schedules:
            self._schedule(schedule)

    def _tracking(
        self,
        subject: str,
        target_value: float,
        metric: str,
        resource_label: pulumi.Input[str] | None = None,
    ) -> None:
        aws.appautoscaling.Policy(
            f"{self._site}-{subject}",
            name=f"{self._site}-{subject}",
            policy_type="TargetTrackingScaling",
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=self._resource_id,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {
                    "predefined_metric_type": metric,
                    "resource_label": resource_label,
                },
                "target_value": target_value,
                "scale_in_cooldown": self._scaling.cooldown,
                "scale_out_cooldown": self._scaling.cooldown,
            },
            opts=self._behind_target,
        )

    def _schedule(self, name: str) -> None:
        schedule = self._scaling.schedules[name]
        aws.appautoscaling.ScheduledAction(
            # No site's name holds two hyphens, so `a` and `b-c` never meet `a-b` and `c`.
            f"{self._site}--{name}",
            name=f"{self._site}-{name}",
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=self._resource_id,
            schedule=schedule.expression,
            timezone=schedule.timezone,
            scalable_target_action={
                "min_capacity": schedule.min,
                "max_capacity": schedule.max,
            },
            opts=self._behind_target,
        )

    def _behind(self, first: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self._context.owner, depends_on=first)
