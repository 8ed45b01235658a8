"""The private bucket that keeps the access logs of the load balancer and of the edge."""

import pulumi

from components import bucket_policies
from components.base.context import BaseContext
from components.base.private_bucket import PrivateBucket
from components.parts import NO_OUTPUTS
from fleet.settings.edge import at_edge


class AccessLogs:
    """The bucket, into which the load balancer's log delivery may write, with an edge CloudFront's.

    It has no key of the environment: S3's own is the only one with which that delivery can write.
    """

    outputs = NO_OUTPUTS
    bucket: pulumi.Output[str]
    """The bucket's name, known once those who write to it may."""
    bucket_arn: pulumi.Output[str]
    """Its ARN, known by then, too."""

    def __init__(self, context: BaseContext) -> None:
        access = bucket_policies.access_log_delivery
        if at_edge(context.settings):
            access = bucket_policies.all_log_delivery
        made = PrivateBucket(
            context,
            f"{context.name}-access-logs",
            days=context.settings.log_retention_days,
            access=access,
        )
        self.bucket = made.name
        self.bucket_arn = pulumi.Output.all(made.arn, made.name).apply(lambda v: v[0])
