"""The private bucket that keeps the load balancer's access logs."""

import json

import pulumi
import pulumi_aws as aws

from components import policies
from components.base.context import BaseContext
from components.parts import NO_OUTPUTS

# A log that somebody overwrote or deleted can be had back for so long.
OLD_VERSION_DAYS = 7


class AccessLogs:
    """The bucket, its expiry and its policy."""

    outputs = NO_OUTPUTS
    bucket: pulumi.Output[str]
    """The bucket's name, known once the load balancer may write to it."""

    def __init__(self, context: BaseContext) -> None:
        self._context = context
        self._name = f"{context.name}-access-logs"
        # S3 encrypts every bucket with AES256 by itself, the only way in which the load balancer's
        # log delivery can write. A `destroy` takes the logs along, unless data is protected: S3
        # keeps a bucket that isn't empty.
        bucket = aws.s3.Bucket(self._name, force_destroy=not context.protect, opts=context.child)
        aws.s3.BucketPublicAccessBlock(
            self._name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=context.child,
        )
        aws.s3.BucketOwnershipControls(
            self._name,
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=context.child,
        )
        versions = aws.s3.BucketVersioning(
            self._name,
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=context.child,
        )
        self._expiry(bucket, versions)
        policy = self._policy(bucket)
        self.bucket = pulumi.Output.all(bucket.bucket, policy.id).apply(lambda v: v[0])

    def _expiry(self, bucket: aws.s3.Bucket, versions: aws.s3.BucketVersioning) -> None:
        aws.s3.BucketLifecycleConfiguration(
            self._name,
            bucket=bucket.bucket,
            rules=[
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": self._context.settings.log_retention_days},
                    "noncurrent_version_expiration": {"noncurrent_days": OLD_VERSION_DAYS},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self._context.owner, depends_on=[versions]),
        )

    def _policy(self, bucket: aws.s3.Bucket) -> aws.s3.BucketPolicy:
        account = aws.get_caller_identity_output().account_id
        return aws.s3.BucketPolicy(
            self._name,
            bucket=bucket.bucket,
            policy=pulumi.Output.all(bucket.arn, account).apply(
                lambda v: json.dumps(policies.access_log_bucket(bucket_arn=v[0], account=v[1]))
            ),
            opts=self._context.child,
        )
