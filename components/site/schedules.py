"""What the clock starts of a site: a schedule each, and the role that Scheduler starts them as."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components import bucket_policies, policies
from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from components.site.identity import Identity
from components.site.logs import Logs
from components.site.network import network_configuration
from components.site.roles import role_with_policy
from components.site.storage import Storage
from fleet.names import task_family
from fleet.site.own_task import SCHEDULED_GROUP, task_overrides
from fleet.site.scheduled import Scheduled, schedule_name, scheduled

# A start that found no capacity or no answer is tried again for so long; then it is a dead letter.
RETRY_SECONDS = 3_600
RETRIES = 10


class Schedules:
    """A schedule for each task that comes by the clock; nothing for a site without any.

    They start the family of the site's task definition, so always its newest revision. The site's
    own roles can't move or make a schedule: whoever can names its command, and with the command of
    the init container would read the master secret of a shared database.
    """

    outputs = NO_OUTPUTS

    def __init__(self, context: SiteContext) -> None:
        tasks = scheduled(context.site)
        if not tasks:
            return
        self._context = context
        settings = context.settings
        family = task_family(settings.environment, settings.cell, context.site.name)
        cluster = pulumi.Output.from_input(context.base.cluster_arn)
        # Not the revision's own ARN, whose change would touch every schedule.
        self._family_arn = cluster.apply(
            lambda arn: f"{arn.partition(':cluster/')[0]}:task-definition/{family}"
        )
        backed_up = any(task.backup for task in tasks)
        self._backup_role = [self._make_backup_role()] if backed_up else []
        self._role_arn = self._role(f"{context.site.name}-schedules")
        for task in tasks:
            self._schedule(task)

    def _role(self, name: str) -> pulumi.Output[str]:
        """What Scheduler takes to start the tasks."""
        context, base = self._context, self._context.base
        identity = context.part(Identity)
        passed = [identity.execution_role_arn, identity.task_role_arn, *self._backup_role]
        trust = pulumi.Output.from_input(base.schedule_group_arn).apply(
            lambda arn: json.dumps(policies.scheduler_trust(arn))
        )
        policy = pulumi.Output.all(
            cluster_arn=base.cluster_arn,
            family_arn=self._family_arn,
            role_arns=passed,
            dead_letters_arn=base.dead_letters_arn,
        ).apply(lambda facts: json.dumps(policies.scheduler(**facts)))
        return role_with_policy(context, name, trust, policy)

    def _make_backup_role(self) -> pulumi.Output[str]:
        """What the task of the backup has in place of the site's own role, which can't delete."""
        context = self._context
        site, key = context.site.name, context.settings.kms_key_arn
        trust = context.part(Logs).arn.apply(lambda arn: json.dumps(policies.ecs_tasks_trust(arn)))
        policy = pulumi.Output.all(
            context.base.file_system_arn,
            context.part(Storage).access_point_arn,
            context.base.archive_bucket_arn,
        ).apply(
            lambda v: json.dumps(
                policies.backup_task(
                    file_system_arn=v[0],
                    access_point_arn=v[1],
                    archive=bucket_policies.site_archive(v[2], site, key, deletes=True),
                )
            )
        )
        return role_with_policy(context, f"{site}-backup-task", trust, policy)

    def _schedule(self, task: Scheduled) -> None:
        context, base = self._context, self._context.base
        name = schedule_name(context.site.name, task.name)
        aws.scheduler.Schedule(
            name,
            name=name,
            group_name=base.schedule_group_name,
            schedule_expression=task.expression,
            schedule_expression_timezone=task.timezone,
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": base.cluster_arn,
                "role_arn": self._role_arn,
                "input": self._input(task),
                "dead_letter_config": {"arn": base.dead_letters_arn},
                "retry_policy": {
                    "maximum_event_age_in_seconds": RETRY_SECONDS,
                    "maximum_retry_attempts": RETRIES,
                },
                "ecs_parameters": {
                    "task_definition_arn": self._family_arn,
                    "capacity_provider_strategies": [
                        {
                            "capacity_provider": "FARGATE_SPOT" if task.spot else "FARGATE",
                            "weight": 1,
                        }
                    ],
                    "group": f"{SCHEDULED_GROUP}{task.name}",
                    "network_configuration": network_configuration(context),
                    "enable_ecs_managed_tags": True,
                    "propagate_tags": "TASK_DEFINITION",
                },
            },
            opts=context.child,
        )

    def _input(self, task: Scheduled) -> pulumi.Output[str]:
        """What RunTask is told beside the task definition."""
        site = self._context.site.name

        def told(facts: list[str]) -> str:
            bucket_arn, *role = facts
            archives = f"s3://{bucket_arn.rpartition(':')[2]}/{site}"
            return json.dumps(
                task_overrides(
                    (*task.command, archives) if task.backup else task.command,
                    cpu=task.cpu,
                    memory=task.memory,
                    spot=task.spot,
                    role_arn=role[0] if task.backup else None,
                    preparing=task.preparing,
                )
            )

        facts = [self._context.base.archive_bucket_arn, *self._backup_role]
        return pulumi.Output.all(*facts).apply(told)
