"""A bucket that only this account reaches, over TLS alone."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components import bucket_policies
from components.base.context import BaseContext

# What somebody overwrote or deleted can be had back for so long.
OLD_VERSION_DAYS = 7


class PrivateBucket:
    """The bucket with all that keeps it private, and the days after which its objects go, if any.

    `access` are statements of its policy beside the refusal of plain HTTP, made of the bucket's ARN
    and the account. Without `key` S3 encrypts by keys of its own.
    """

    name: pulumi.Output[str]
    """Known once the policy and the encryption stand."""
    arn: pulumi.Output[str]

    def __init__(
        self,
        context: BaseContext,
        name: str,
        *,
        days: int | None = None,
        bucket: pulumi.Input[str] | None = None,
        keeper: bool = False,
        key: str | None = None,
        access: bucket_policies.Access = bucket_policies.nobody,
    ) -> None:
        self._context, self._name = context, name
        # A `destroy` takes the objects along, unless data is protected: S3 keeps a bucket that
        # isn't empty.
        made = aws.s3.Bucket(
            name,
            bucket=bucket,
            force_destroy=not context.protect,
            opts=context.keeper if keeper else context.child,
        )
        self._close(made)
        versions = aws.s3.BucketVersioning(
            name,
            bucket=made.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=context.child,
        )
        self._expiry(made, versions, days)
        stands = [self._policy(made, access).id, *self._encryption(made, key)]
        self.name = pulumi.Output.all(made.bucket, *stands).apply(lambda v: v[0])
        self.arn = made.arn

    def _close(self, bucket: aws.s3.Bucket) -> None:
        """No public access, and no access lists."""
        aws.s3.BucketPublicAccessBlock(
            self._name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._context.child,
        )
        aws.s3.BucketOwnershipControls(
            self._name,
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._context.child,
        )

    def _expiry(
        self, bucket: aws.s3.Bucket, versions: aws.s3.BucketVersioning, days: int | None
    ) -> None:
        rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "expire",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrent_version_expiration": {"noncurrent_days": OLD_VERSION_DAYS},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
        }
        if days is not None:
            rule["expiration"] = {"days": days}
        aws.s3.BucketLifecycleConfiguration(
            self._name,
            bucket=bucket.bucket,
            rules=[rule],
            opts=pulumi.ResourceOptions(parent=self._context.owner, depends_on=[versions]),
        )

    def _policy(self, bucket: aws.s3.Bucket, access: bucket_policies.Access) -> aws.s3.BucketPolicy:
        account = aws.get_caller_identity_output().account_id
        return aws.s3.BucketPolicy(
            self._name,
            bucket=bucket.bucket,
            policy=pulumi.Output.all(bucket.arn, account).apply(
                lambda v: json.dumps(bucket_policies.private_bucket(v[0], access(v[0], v[1])))
            ),
            opts=self._context.child,
        )

    def _encryption(self, bucket: aws.s3.Bucket, key: str | None) -> Sequence[pulumi.Output[str]]:
        if key is None:
            return []
        made = aws.s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key,
                    },
                    # One call to KMS for many objects.
                    "bucket_key_enabled": True,
                }
            ],
            opts=self._context.child,
        )
        return [made.id]
