"""Who may do what with buckets, as plain dictionaries like those of `components.policies`."""

from collections.abc import Callable, Sequence

from components.policies import Policy
from fleet.settings.edge import EDGE_REGION

# Statements of a bucket's policy, from its ARN and the account.
Access = Callable[[str, str], Sequence[Policy]]


def private_bucket(bucket_arn: str, statements: Sequence[Policy]) -> Policy:
    """Refuses plain HTTP to everyone, beside these statements."""
    tls_only = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [bucket_arn, f"{bucket_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [*statements, tls_only]}


def nobody(bucket_arn: str, account: str) -> Sequence[Policy]:
    """No statements: what the account's roles may is theirs to say."""
    del bucket_arn, account
    return ()


def access_log_delivery(bucket_arn: str, account: str) -> Sequence[Policy]:
    """Lets the load balancers' log delivery write."""
    partition = bucket_arn.split(":")[1]
    load_balancers = f"arn:{partition}:elasticloadbalancing:*:{account}:loadbalancer/*"
    return [
        {
            "Sid": "LogDelivery",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn}/AWSLogs/{account}/*",
            "Condition": {"ArnLike": {"aws:SourceArn": load_balancers}},
        }
    ]


def all_log_delivery(bucket_arn: str, account: str) -> Sequence[Policy]:
    """The same, and CloudFront's: by the deliveries of CloudWatch Logs, which are in one region."""
    partition = bucket_arn.split(":")[1]
    sources = f"arn:{partition}:logs:{EDGE_REGION}:{account}:delivery-source:*"
    return [
        *access_log_delivery(bucket_arn, account),
        {
            "Sid": "EdgeLogDelivery",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn}/AWSLogs/{account}/CloudFront/*",
            "Condition": {
                "StringEquals": {
                    "aws:SourceAccount": account,
                    "s3:x-amz-acl": "bucket-owner-full-control",
                },
                "ArnLike": {"aws:SourceArn": sources},
            },
        },
    ]


def site_archive(
    bucket_arn: str, site: str, key_arn: str | None, *, deletes: bool
) -> Sequence[Policy]:
    """What a site's tasks may do in the bucket of archives: all below their prefix, and list it.

    Delete only with `deletes`. `key_arn`: the environment's own key, with which the bucket is
    encrypted.
    """
    actions = ["GetObject", "PutObject", *(["DeleteObject"] if deletes else [])]
    uploads = ["AbortMultipartUpload", "ListMultipartUploadParts"]
    statements: list[Policy] = [
        {
            "Effect": "Allow",
            "Action": [f"s3:{action}" for action in (*actions, *uploads)],
            "Resource": [f"{bucket_arn}/{site}/*"],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [bucket_arn],
            "Condition": {"StringLike": {"s3:prefix": [f"{site}/*"]}},
        },
    ]
    if key_arn is not None:
        # With a key of its own for many objects S3 names the bucket, not the object, to KMS.
        context = {"kms:EncryptionContext:aws:s3:arn": bucket_arn}
        statements.append(
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": [key_arn],
                "Condition": {"StringEquals": context},
            }
        )
    return statements
