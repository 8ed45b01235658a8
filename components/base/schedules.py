"""What is run by the clock: the group of a stack's schedules, and where failed starts go."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.base.context import BaseContext
from components.parts import NO_OUTPUTS
from fleet.names import cluster_name

# The longest that SQS keeps a message.
RETENTION_SECONDS = 14 * 86_400


class Schedules:
    """A schedule group, and a queue with a message for each start that Scheduler gave up."""

    outputs = NO_OUTPUTS
    group_name: pulumi.Output[str]
    group_arn: pulumi.Output[str]
    dead_letters_arn: pulumi.Output[str]
    dead_letters_name: pulumi.Output[str]

    def __init__(self, context: BaseContext) -> None:
        name, settings = f"{context.name}-schedules", context.settings
        group = aws.scheduler.ScheduleGroup(
            name,
            # Fixed, so that a verb knows it without asking.
            name=cluster_name(settings.environment, settings.cell),
            opts=context.child,
        )
        queue = aws.sqs.Queue(
            name,
            message_retention_seconds=RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
            opts=context.child,
        )
        self.group_name, self.group_arn = group.name, group.arn
        self.dead_letters_arn, self.dead_letters_name = queue.arn, queue.name
