"""The policy builders: plain dictionaries from ARNs."""

from __future__ import annotations

from typing import Any

import pytest

from components import bucket_policies, policies

LOGS = "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/wordpress/dev/blog"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:blog-AbCdEf"  # noqa: S105 - its name
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/blog/key"
FILES = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
POINT = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1"
BUCKET = "arn:aws:s3:::archives"


def granted(policy: policies.Policy) -> dict[str, list[str]]:
    """Action → resources of what is allowed."""
    return {
        action: statement["Resource"]
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }


def conditions(policy: policies.Policy) -> dict[str, Any]:
    return {each["Sid"]: each["Condition"] for each in policy["Statement"]}


def test_trust_is_for_ecs_in_the_account_region_and_partition_of_the_logs() -> None:
    (statement,) = policies.ecs_tasks_trust(LOGS)["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:*"},
    }


@pytest.mark.parametrize(
    ("image", "arn"),
    [
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/wordpress:6.8",
            "arn:aws:ecr:eu-west-1:123456789012:repository/team/wordpress",
        ),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/wordpress@sha256:00ff",
            "arn:aws:ecr:eu-west-1:123456789012:repository/wordpress",
        ),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/wordpress",
            "arn:aws:ecr:cn-north-1:123456789012:repository/wordpress",
        ),
        ("public.ecr.aws/docker/library/wordpress:6", None),
        ("docker.io/library/wordpress:6", None),
        ("wordpress", None),
        ("evil.example/123456789012.dkr.ecr.eu-west-1.amazonaws.com/x", None),
    ],
)
def test_the_repository_of_an_image(image: str, arn: str | None) -> None:
    assert policies.ecr_repository_arn(image, "aws") == arn


def test_an_execution_role_writes_its_log_and_reads_its_secrets() -> None:
    policy = policies.task_execution(
        log_group_arn=LOGS,
        secret_arns=[SECRET, f"{SECRET}:password::", PARAMETER],
        images=["docker.io/library/wordpress"],
    )
    assert granted(policy) == {
        "logs:CreateLogStream": [f"{LOGS}:*"],
        "logs:PutLogEvents": [f"{LOGS}:*"],
        "secretsmanager:GetSecretValue": [SECRET],
        "ssm:GetParameters": [PARAMETER],
    }


def test_an_execution_role_without_secrets_has_no_empty_statement() -> None:
    policy = policies.task_execution(log_group_arn=LOGS, secret_arns=[], images=["wordpress"])
    assert granted(policy).keys() == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert all(statement["Resource"] for statement in policy["Statement"])


def test_secrets_of_the_user_may_have_keys_of_the_users() -> None:
    policy = policies.task_execution(
        log_group_arn=LOGS,
        secret_arns=[SECRET],
        user_secret_arns=[f"{SECRET}2:password::", PARAMETER],
        images=["wordpress"],
    )
    found = granted(policy)
    assert found["secretsmanager:GetSecretValue"] == [SECRET, f"{SECRET}2"]
    assert found["ssm:GetParameters"] == [PARAMETER]
    # Any key, but for what the user named alone.
    decryptions = [each for each in policy["Statement"] if each["Action"] == ["kms:Decrypt"]]
    assert [each["Condition"]["StringEquals"] for each in decryptions] == [
        {"kms:EncryptionContext:SecretARN": [f"{SECRET}2"]},
        {"kms:EncryptionContext:PARAMETER_ARN": [PARAMETER]},
    ]
    assert {each["Resource"][0] for each in decryptions} == {
        "arn:aws:kms:eu-west-1:123456789012:key/*"
    }


def test_the_order_of_secrets_makes_no_other_policy() -> None:
    one, other = (
        policies.task_execution(log_group_arn=LOGS, secret_arns=arns, images=["wordpress"])
        for arns in ([SECRET, f"{SECRET}2"], [f"{SECRET}2", SECRET])
    )
    assert one == other


def test_an_image_is_pulled_from_its_repository_only() -> None:
    image = "123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/wordpress:6"
    policy = policies.task_execution(log_group_arn=LOGS, secret_arns=[], images=[image, image])
    repository = "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/wordpress"
    found = granted(policy)
    assert found.pop("ecr:GetAuthorizationToken") == ["*"]
    assert {tuple(found[name]) for name in found if name.startswith("ecr:")} == {(repository,)}


@pytest.mark.parametrize(
    ("reference", "arn"),
    [
        (SECRET, SECRET),
        (f"{SECRET}:password::", SECRET),
        (f"{SECRET}:password:AWSCURRENT:", SECRET),
    ],
)
def test_the_secret_of_a_reference(reference: str, arn: str) -> None:
    assert policies.secret_of(reference) == arn


def test_a_task_mounts_through_its_access_point_without_being_root() -> None:
    policy = policies.site_task(file_system_arn=FILES, access_point_arn=POINT)
    mount, channels = policy["Statement"]
    assert mount["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert mount["Resource"] == [FILES]
    assert mount["Condition"] == {"StringEquals": {"elasticfilesystem:AccessPointArn": POINT}}
    assert all(action.startswith("ssmmessages:") for action in channels["Action"])


def test_a_task_reaches_the_archives_of_its_site_alone() -> None:
    objects, listing = bucket_policies.site_archive(BUCKET, "blog", None, deletes=False)
    assert objects["Resource"] == [f"{BUCKET}/blog/*"]
    assert "s3:DeleteObject" not in objects["Action"]
    assert listing["Resource"] == [BUCKET]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["blog/*"]}}


def test_a_file_system_refuses_and_allows_nobody() -> None:
    policy = policies.file_system(FILES)
    assert {statement["Effect"] for statement in policy["Statement"]} == {"Deny"}
    assert {statement["Resource"] for statement in policy["Statement"]} == {FILES}
    assert conditions(policy) == {
        "EncryptedOnly": {"Bool": {"aws:SecureTransport": "false"}},
        "AccessPointOnly": {"Null": {"elasticfilesystem:AccessPointArn": "true"}},
    }


def test_only_load_balancers_of_the_account_write_logs_and_nobody_without_tls() -> None:
    bucket = "arn:aws-cn:s3:::logs"
    access = bucket_policies.access_log_delivery(bucket, "123456789012")
    delivery, tls = bucket_policies.private_bucket(bucket, access)["Statement"]
    assert delivery["Resource"] == f"{bucket}/AWSLogs/123456789012/*"
    source = "arn:aws-cn:elasticloadbalancing:*:123456789012:loadbalancer/*"
    assert delivery["Condition"] == {"ArnLike": {"aws:SourceArn": source}}
    assert (tls["Effect"], tls["Resource"]) == ("Deny", [bucket, f"{bucket}/*"])
