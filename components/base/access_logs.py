"""The private bucket that keeps the load balancer's access logs."""

import json

import pulumi
import pulumi_aws as aws

from components import policies

TYPE = "wordpress-fleet:index:AccessLogs"


class AccessLogs(pulumi.ComponentResource):
    bucket: pulumi.Output[str]
    """The bucket's name, known once the load balancer may write to it."""

    def __init__(
        self,
        name: str,
        *,
        retention_days: int,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(TYPE, name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        # S3 encrypts every bucket with AES256 by itself, the only way in which the load balancer's
        # log delivery can write. A `destroy` takes the logs along, unless data is protected: S3
        # keeps a bucket that isn't empty.
        bucket = aws.s3.Bucket(name, force_destroy=not protect, opts=child)
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        aws.s3.BucketOwnershipControls(
            name, bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=child
        )
        self._expiry(name, bucket, retention_days)
        policy = self._policy(name, bucket)
        self.bucket = pulumi.Output.all(bucket.bucket, policy.id).apply(lambda v: v[0])
        self.register_outputs({"bucket": self.bucket})

    def _expiry(self, name: str, bucket: aws.s3.Bucket, days: int) -> None:
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.bucket,
            rules=[
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _policy(self, name: str, bucket: aws.s3.Bucket) -> aws.s3.BucketPolicy:
        account = aws.get_caller_identity_output().account_id
        return aws.s3.BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=pulumi.Output.all(bucket.arn, account).apply(
                lambda v: json.dumps(policies.access_log_bucket(bucket_arn=v[0], account=v[1]))
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
