"""A site's task definition."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components.parts import NO_OUTPUTS
from components.site.context import SiteContext
from components.site.database import Database
from components.site.edge import Edge
from components.site.identity import Identity
from components.site.logs import Logs
from components.site.network import network_configuration
from components.site.secrets import Secrets
from components.site.storage import Storage
from components.task import CONTENT_VOLUME, VOLUMES, TaskFacts, container_definitions
from fleet.names import task_family
from fleet.site.cdn import edge_variables
from fleet.site.database import pauses
from fleet.site.mail import mail_secret, mail_variables
from fleet.site.own_task import network_label


class TaskDefinition:
    outputs = NO_OUTPUTS
    arn: pulumi.Output[str]

    def __init__(self, context: SiteContext) -> None:
        site, settings = context.site, context.settings
        identity = context.part(Identity)
        self.arn = aws.ecs.TaskDefinition(
            site.name,
            family=task_family(settings.environment, settings.cell, site.name),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(site.size.cpu),
            memory=str(site.size.memory),
            runtime_platform={
                "operating_system_family": "LINUX",
                "cpu_architecture": settings.architecture.upper(),
            },
            execution_role_arn=identity.execution_role_arn,
            task_role_arn=identity.task_role_arn,
            container_definitions=_containers(context),
            volumes=[_content(context), *({"name": volume} for volume in VOLUMES)],
            opts=context.child,
        ).arn


def _content(context: SiteContext) -> aws.ecs.TaskDefinitionVolumeArgsDict:
    return {
        "name": CONTENT_VOLUME,
        "efs_volume_configuration": {
            "file_system_id": context.base.mounted_file_system_id,
            "transit_encryption": "ENABLED",
            "authorization_config": {
                "access_point_id": context.part(Storage).access_point_id,
                "iam": "ENABLED",
            },
        },
    }


def _containers(context: SiteContext) -> pulumi.Output[str]:
    logs, secrets = context.part(Logs), context.part(Secrets)
    database, distribution = context.part(Database).access, context.part(Edge).distribution

    def definitions(facts: dict[str, Any]) -> str:
        edge = edge_variables(context.site, context.settings, facts.pop("distribution"))
        region = facts.pop("log_group_arn").split(":")[3]
        network = network_label(**facts.pop("network"))
        return json.dumps(
            container_definitions(
                context.site,
                TaskFacts(
                    region=region,
                    network=network,
                    user=context.user,
                    fleet_user=context.fleet_user,
                    **facts,
                ),
                environment=context.settings.environment,
                scheme=context.settings.scheme,
                mail=mail_variables(context.site, context.settings),
                mail_secret=mail_secret(context.site, context.settings),
                edge=edge,
                pauses=pauses(context.site, context.settings.shared_database),
            )
        )

    return pulumi.Output.all(
        image=context.image,
        fleet_image=context.base.image,
        log_group=logs.name,
        log_group_arn=logs.arn,
        database_endpoint=database.endpoint,
        master_secret_arn=database.master_secret_arn,
        site_secret_arn=secrets.secret_arn,
        network=network_configuration(context),
        distribution=distribution.id if distribution else "",
    ).apply(definitions)
