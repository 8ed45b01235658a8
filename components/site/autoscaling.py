"""How the number of a site's tasks follows its load and its schedules."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from components.site.routing import Routing
from components.site.service import Service
from fleet.site.scaling import is_autoscaled


class Autoscaling:
    """Bounds, a CPU policy, a request policy where one is asked for, and the schedules; nothing
    for a site that isn't live or has a fixed number of tasks.

    Policies and schedules have fixed names: the calls that put them then overwrite instead of
    adding a twin when an interrupted `up` is repeated.
    """

    outputs = NO_OUTPUTS

    def __init__(self, context: SiteContext) -> None:
        self._context = context
        self._site, self._scaling = context.site.name, context.site.scaling
        service = context.part(Service).ecs_service
        if service is not None and is_autoscaled(context.site):
            self._follow(service.name)

    def _follow(self, service_name: pulumi.Input[str]) -> None:
        scaling, base = self._scaling, self._context.base
        self._target = aws.appautoscaling.Target(
            self._site,
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.format("service/{0}/{1}", base.cluster_name, service_name),
            min_capacity=scaling.min,
            max_capacity=scaling.max,
            opts=self._context.child,
        )
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
            service_namespace=self._target.service_namespace,
            scalable_dimension=self._target.scalable_dimension,
            resource_id=self._target.resource_id,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {
                    "predefined_metric_type": metric,
                    "resource_label": resource_label,
                },
                "target_value": target_value,
                "scale_in_cooldown": self._scaling.cooldown,
                "scale_out_cooldown": self._scaling.cooldown,
            },
            opts=self._context.child,
        )

    def _schedule(self, name: str) -> None:
        schedule = self._scaling.schedules[name]
        aws.appautoscaling.ScheduledAction(
            # No site's name holds two hyphens, so `a` and `b-c` never meet `a-b` and `c`.
            f"{self._site}--{name}",
            name=f"{self._site}-{name}",
            service_namespace=self._target.service_namespace,
            scalable_dimension=self._target.scalable_dimension,
            resource_id=self._target.resource_id,
            schedule=schedule.expression,
            timezone=schedule.timezone,
            scalable_target_action={
                "min_capacity": schedule.min,
                "max_capacity": schedule.max,
            },
            opts=self._context.child,
        )
