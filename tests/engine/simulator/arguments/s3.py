"""S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    BUCKET,
    LIFECYCLE,
    policy,
)

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


def _of_bucket(samples: Samples, **inputs: Any) -> dict[str, Any]:
    return {"bucket": samples.id(BUCKET), **inputs}


def _bucket_policy(samples: Samples) -> str:
    return policy(
        Principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        Action="s3:PutObject",
        Resource=f"arn:aws:s3:::{samples.id(BUCKET)}/*",
    )


INPUTS: Inputs = {
    BUCKET: lambda s: {},
    "aws:s3/bucketPolicy:BucketPolicy": lambda s: _of_bucket(s, policy=_bucket_policy(s)),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": lambda s: _of_bucket(
        s, blockPublicPolicy=True
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": lambda s: _of_bucket(
        s, rule={"objectOwnership": "BucketOwnerEnforced"}
    ),
    LIFECYCLE: lambda s: _of_bucket(
        s, rules=[{"id": "old", "status": "Enabled", "expiration": {"days": 90}}]
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        lambda s: _of_bucket(
            s,
            rules=[
                {
                    "applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"},
                    "bucketKeyEnabled": True,
                }
            ],
        )
    ),
    "aws:s3/bucketVersioning:BucketVersioning": lambda s: _of_bucket(
        s, versioningConfiguration={"status": "Enabled"}
    ),
}
