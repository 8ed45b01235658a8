"""What to do about what the engine, its backend or AWS says."""

from __future__ import annotations

import re

LOG_IN = "log in with `aws sso login` or `aws configure`, or choose a profile with AWS_PROFILE"

# Of the CLI and its backend: these say all that there is to say, in one line.
OF_THE_CLI: tuple[tuple[str, str], ...] = (
    (
        r"incorrect passphrase",
        "the passphrase is not the one that the stack's secrets are encrypted with; "
        "set PULUMI_CONFIG_PASSPHRASE",
    ),
    (
        r"passphrase must be set",
        "the stack's secrets are encrypted with a passphrase; set PULUMI_CONFIG_PASSPHRASE",
    ),
    (
        r"PULUMI_ACCESS_TOKEN must be set",
        "not logged in to a Pulumi backend; run `pulumi login`, "
        "for a bucket `pulumi login s3://BUCKET`",
    ),
    (
        r"could not find plugin",
        "a provider plugin is missing and could not be fetched; `pulumi plugin install` tells why",
    ),
    (
        r"ExpiredToken|RequestExpired|token (?:included in the request is|has) expired",
        f"the AWS credentials have expired; {LOG_IN}",
    ),
    (
        r"InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|AuthFailure",
        f"AWS doesn't know these credentials; {LOG_IN}",
    ),
    (
        r"No valid credential sources|failed to refresh cached credentials|no EC2 IMDS role"
        r"|NoCredentialProviders",
        f"no AWS credentials; {LOG_IN}",
    ),
)

# Of AWS, by its error codes: to be put behind what it says of one resource.
_OF_AWS: tuple[tuple[str, str], ...] = (
    (
        # AWS may say AccessDenied of a copy that a lock keeps; no permission would help.
        r"vault cannot be deleted.*recovery points|VaultLock|[Vv]ault .*locked"
        r"|deleting recovery point(?!.*not authorized to perform)",
        'docs/vault.md, "When an environment goes", says what becomes of its copies',
    ),
    (
        r"AccessDenied|UnauthorizedOperation|not authorized to perform",
        "these credentials lack the permission",
    ),
    (
        r"Throttl|Rate exceeded|RequestLimitExceeded|TooManyRequests|SlowDown",
        "run it again; a lower --parallel asks AWS less often",
    ),
    (
        r"Quota|LimitExceeded|TooMany(?!Requests)\w+|ExceedsLimit|MaxLimit",
        "a quota is used up: `fleet plan` shows which; ask AWS in Service Quotas for more, or give "
        "sites another cell or region",
    ),
    (
        r"PriorityInUse",
        "a rule that Pulumi doesn't know has this priority: delete that rule on the load balancer",
    ),
    (
        r"CertificateNotFound|UnsupportedCertificate",
        "certificateArn must name an issued certificate of the environment's own region",
    ),
    (
        r"CNAMEAlreadyExists",
        'another distribution, perhaps of another account, has this host: docs/domains.md, "A host '
        'that CloudFront serves already", says how it moves',
    ),
    (
        r"DBClusterSnapshotAlreadyExists",
        "a snapshot has the name that the final one is to get: copy it under another name if it is "
        "needed, delete it (`aws rds delete-db-cluster-snapshot`), and run it again",
    ),
    (
        r"InvalidChangeBatch.*already exists",
        "the zone has this record from elsewhere: delete it there, or keep it with `dns: manual`",
    ),
    (
        r"AlreadyExists|EntityAlreadyExists|ResourceExists|BucketAlreadyOwnedByYou",
        "something that Pulumi doesn't know has this name: delete or import it",
    ),
    (
        r"DeletionProtection|OperationNotPermitted|cannot be deleted.*protect",
        "data is protected: set `state: retired` and run up first",
    ),
    (
        r"NotEmpty|InUse|ContainsServices|DependencyViolation",
        "something that Pulumi doesn't know is still in it or uses it: remove that, and run it "
        "again",
    ),
    (
        r"InternalFailure|InternalError|InternalServiceError|ServiceUnavailable|ServerException",
        "a fault of AWS's own: run it again",
    ),
)


def of_the_cli(text: str) -> str | None:
    """What to say in place of the CLI's words; None when there is nothing better."""
    return _first(OF_THE_CLI, text)


def of_aws(text: str) -> str | None:
    """What to do about AWS's refusal of one resource; None when it isn't known."""
    return _first(_OF_AWS, text)


def _first(remedies: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((remedy for said, remedy in remedies if re.search(said, text)), None)
