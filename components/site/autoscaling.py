"""How the number of a site's tasks follows its load and its schedules."""

import pulumi
import pulumi_aws as aws

from fleet.site.scaling import Scaling

TYPE = "wordpress-fleet:index:Autoscaling"


class Autoscaling(pulumi.ComponentResource):
    """Bounds, a CPU policy, a request policy where one is asked for, and the schedules.

    Policies and schedules have fixed names: the calls that put them then overwrite instead of
    adding a twin when an interrupted `up` is repeated.
    """

    def __init__(
        self,
        name: str,
        *,
        site: str,
        scaling: Scaling,
        cluster_name: pulumi.Input[str],
        service_name: pulumi.Input[str],
        load_balancer_arn_suffix: pulumi.Input[str],
        target_group_arn_suffix: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        self._site = site
        self._scaling = scaling
        self._target = aws.appautoscaling.Target(
            site,
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.format("service/{0}/{1}", cluster_name, service_name),
            min_capacity=scaling.min,
            max_capacity=scaling.max,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._tracking("cpu", scaling.cpu, "ECSServiceAverageCPUUtilization")
        if scaling.requests is not None:
            label = pulumi.Output.format(
                "{0}/{1}", load_balancer_arn_suffix, target_group_arn_suffix
            )
            self._tracking("requests", scaling.requests, "ALBRequestCountPerTarget", label)
        for schedule in scaling.schedules:
            self._schedule(schedule)
        self.register_outputs({"resource_id": self._target.resource_id})

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
            opts=pulumi.ResourceOptions(parent=self),
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
            opts=pulumi.ResourceOptions(parent=self),
        )
