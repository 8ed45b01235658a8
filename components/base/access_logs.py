"""The private bucket that keeps the load balancer's access logs."""

import pulumi

from components import bucket_policies
from components.base.context import BaseContext
from components.base.private_bucket import PrivateBucket
from components.parts import NO_OUTPUTS


class AccessLogs:
    """The bucket, into which the load balancer's log delivery may write.

    It has no key of the environment: S3's own is the only one with which that delivery can write.
    """

    outputs = NO_OUTPUTS
    bucket: pulumi.Output[str]
    """The bucket's name, known once the load balancer may write to it."""

    def __init__(self, context: BaseContext) -> None:
        made = PrivateBucket(
            context,
            f"{context.name}-access-logs",
            days=context.settings.log_retention_days,
            access=bucket_policies.access_log_delivery,
        )
        self.bucket = made.name
