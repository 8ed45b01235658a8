"""The bucket of what moves sites' data: dumps, archives and uploads, a prefix a site."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.base.context import BaseContext
from components.base.private_bucket import PrivateBucket
from fleet.names import archive_bucket_name


class Archive:
    """The stack's bucket. A site's task role reaches its own prefix alone.

    Age alone expires nothing: dumps of a site share files, and go by what each of them says.
    """

    bucket_arn: pulumi.Output[str]
    bucket_name: pulumi.Output[str]

    def __init__(self, context: BaseContext) -> None:
        settings = context.settings
        facts = pulumi.Output.all(
            aws.get_caller_identity_output().account_id, aws.get_region_output().region
        )
        made = PrivateBucket(
            context,
            f"{context.name}-archive",
            # Fixed, so that a verb knows it without asking.
            bucket=facts.apply(
                lambda v: archive_bucket_name(settings.environment, settings.cell, v[0], v[1])
            ),
            keeper=True,
            key=settings.kms_key_arn,
        )
        self.bucket_arn, self.bucket_name = made.arn, made.name
        self.outputs = {"archive": {"bucket": made.name}}
