"""Where a site's containers write their log."""

from __future__ import annotations

import pulumi_aws as aws

from components.site.context import SiteContext
from fleet.names import log_group_name


class Logs:
    """The CloudWatch log group of both containers."""

    def __init__(self, context: SiteContext) -> None:
        site, settings = context.site, context.settings
        group = aws.cloudwatch.LogGroup(
            site.name,
            name=log_group_name(settings.environment, settings.cell, site.name),
            retention_in_days=settings.log_retention_days,
            kms_key_id=settings.kms_key_arn,
            opts=context.child,
        )
        self.name = group.name
        self.arn = group.arn
        self.outputs = {"log_group": self.name}
