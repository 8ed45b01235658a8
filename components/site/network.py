"""Where a site's tasks stand: those of its service, of the clock, and of whoever runs a command."""

from __future__ import annotations

import pulumi_aws as aws

from components.site.context import SiteContext
from components.site.database import Database


def network_configuration(context: SiteContext) -> aws.ecs.ServiceNetworkConfigurationArgsDict:
    """As ECS takes it for a service and Scheduler for a target."""
    base = context.base
    return {
        "subnets": base.task_subnet_ids,
        "security_groups": [
            base.task_security_group_id,
            context.part(Database).access.client_security_group_id,
        ],
        "assign_public_ip": context.settings.network.public_tasks,
    }
