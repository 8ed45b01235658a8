"""IAM and resource policies as plain dictionaries, built from ARNs and nothing else."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Policy = dict[str, Any]

_VERSION = "2012-10-17"
_ECR_IMAGE = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"/(?P<repository>[^:@]+)"
)


def policy(*statements: Policy) -> Policy:
    """A document of these statements."""
    return {"Version": _VERSION, "Statement": list(statements)}


def _allow(actions: Sequence[str], resources: Sequence[str], **rest: Any) -> Policy:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources), **rest}


def ecs_tasks_trust(log_group_arn: str) -> Policy:
    """Lets ECS tasks of the log group's account and region assume a role, and nobody else's."""
    return _trust("ecs-tasks", log_group_arn, "ecs", "*")


def flow_logs_trust(log_group_arn: str) -> Policy:
    """Lets the flow logs of the log group's account assume a role, and nobody else's."""
    return _trust("vpc-flow-logs", log_group_arn, "ec2", "vpc-flow-log/*")


def state_machine_trust(beside_arn: str, name: str) -> Policy:
    """Lets one state machine of the ARN's account and region assume a role, and nobody else."""
    return _trust("states", beside_arn, "states", f"stateMachine:{name}")


def defence(group_arn: str) -> Policy:
    """Lets the state machine read and write the one group of rules with the challenges."""
    return policy(_allow(["wafv2:GetRuleGroup", "wafv2:UpdateRuleGroup"], [group_arn]))


def scheduler_trust(group_arn: str) -> Policy:
    """Lets Scheduler assume a role for the schedules of this group, and nobody else."""
    return _trust("scheduler", group_arn, "scheduler", group_arn.split(":", 5)[5])


def _trust(principal: str, beside_arn: str, service: str, resource: str) -> Policy:
    """Lets one service assume a role for its resources of that ARN's account and region alone."""
    _, partition, _, region, account, *_ = beside_arn.split(":")
    source = f"arn:{partition}:{service}:{region}:{account}:{resource}"
    return policy(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": f"{principal}.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": source},
            },
        }
    )


def scheduler(
    *, cluster_arn: str, family_arn: str, role_arns: Sequence[str], dead_letters_arn: str
) -> Policy:
    """Lets Scheduler start the tasks of one family in one cluster, as these two roles."""
    tasks = cluster_arn.replace(":cluster/", ":task/")
    return policy(
        _allow(
            ["ecs:RunTask"],
            [family_arn, f"{family_arn}:*"],
            Condition={"ArnEquals": {"ecs:cluster": cluster_arn}},
        ),
        _allow(
            ["ecs:TagResource"],
            [f"{tasks}/*"],
            Condition={"StringEquals": {"ecs:CreateAction": "RunTask"}},
        ),
        _allow(
            ["iam:PassRole"],
            list(role_arns),
            Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
        _allow(["sqs:SendMessage"], [dead_letters_arn]),
    )


def flow_logs(log_group_arn: str) -> Policy:
    """Lets VPC flow logs write their one log group."""
    return policy(
        _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_group_arn}:*"]),
        _allow(["logs:DescribeLogStreams"], [log_group_arn, f"{log_group_arn}:*"]),
    )


def ecr_repository_arn(image: str, partition: str) -> str | None:
    """The repository that an image URI names, or None when it is not in ECR."""
    match = _ECR_IMAGE.match(image)
    if match is None:
        return None
    return (
        f"arn:{partition}:ecr:{match['region']}:{match['account']}:repository/{match['repository']}"
    )


def task_execution(
    *,
    log_group_arn: str,
    secret_arns: Sequence[str],
    user_secret_arns: Sequence[str] = (),
    images: Sequence[str],
    key_arn: str | None = None,
) -> Policy:
    """What ECS itself may do to start a site's task: write its log, read its secrets and images.

    `secret_arns` are the fleet's, `user_secret_arns` those that the user named and may have
    encrypted with a key of their own: Secrets Manager or SSM parameter ARNs. A Secrets Manager
    reference may end in `:KEY:STAGE:VERSION`, which is no part of the ARN that IAM knows. `key_arn`
    is the environment's own key, with which the fleet's secrets are encrypted.
    """
    statements = [
        _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{log_group_arn}:*"]),
    ]
    secrets, parameters = _by_service([*secret_arns, *user_secret_arns])
    if secrets:
        statements.append(_allow(["secretsmanager:GetSecretValue"], secrets))
    if parameters:
        statements.append(_allow(["ssm:GetParameters"], parameters))
    partition = log_group_arn.split(":")[1]
    statements += _decryption(user_secret_arns)
    if key_arn is not None:
        statements.append(_decrypt([key_arn], "SecretARN", _by_service(secret_arns)[0]))
    found = {ecr_repository_arn(image, partition) for image in images}
    repositories = sorted(repository for repository in found if repository is not None)
    if repositories:
        pull = [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ]
        # The token belongs to a registry, not to a repository: AWS knows no narrower resource.
        statements += [_allow(["ecr:GetAuthorizationToken"], ["*"]), _allow(pull, repositories)]
    return policy(*statements)


def _by_service(arns: Sequence[str]) -> tuple[list[str], list[str]]:
    """The secrets and the SSM parameters among references, each once."""
    return (
        sorted({secret_of(arn) for arn in arns if ":secretsmanager:" in arn}),
        sorted({arn for arn in arns if ":ssm:" in arn}),
    )


def _decryption(arns: Sequence[str]) -> list[Policy]:
    """Use of whatever key these secrets are encrypted with, for these secrets alone.

    Which key that is nobody knows here, only whose and where. Both services name the secret in the
    encryption context, so the condition is as narrow as the key's ARN would be. AWS's own keys ask
    for nothing.
    """
    contexts = zip(("SecretARN", "PARAMETER_ARN"), _by_service(arns), strict=True)
    return [
        _decrypt(sorted({_keys_beside(arn) for arn in found}), name, found)
        for name, found in contexts
        if found
    ]


def _decrypt(keys: Sequence[str], name: str, secrets: Sequence[str]) -> Policy:
    condition = {"StringEquals": {f"kms:EncryptionContext:{name}": list(secrets)}}
    return _allow(["kms:Decrypt"], keys, Condition=condition)


def _keys_beside(arn: str) -> str:
    """The keys of a secret's region and account."""
    _, partition, _, region, account, *_ = arn.split(":")
    return f"arn:{partition}:kms:{region}:{account}:key/*"


def secret_of(reference: str) -> str:
    """The secret's ARN in an ECS secret reference: its first seven colon-separated parts."""
    return ":".join(reference.split(":")[:7])


def site_task(
    *,
    file_system_arn: str,
    access_point_arn: str,
    archive: Sequence[Policy] = (),
    sends_by: Sequence[str] = (),
    sends_as: Sequence[str] = (),
    tenant: str = "",
    purges: Sequence[str] = (),
) -> Policy:
    """What a site's own containers may do: mount through the site's access point; ECS Exec; keep
    the site's archives.

    `archive` are the statements about those (`components.bucket_policies.site_archive`).
    `sends_by` are SES's identities and configuration set, where the site sends by it: as these
    addresses, and as its own tenant. `purges`: its distribution, where there is an edge.
    """
    channels = [f"{act}{kind}Channel" for act in ("Create", "Open") for kind in ("Control", "Data")]
    return policy(
        _mount(file_system_arn, access_point_arn),
        # Session Manager's channels have no resource ARN to narrow to.
        _allow([f"ssmmessages:{each}" for each in channels], ["*"]),
        *archive,
        *([_send(sends_by, sends_as, tenant)] if sends_by else []),
        *([_allow(["cloudfront:CreateInvalidation"], purges)] if purges else []),
    )


def backup_task(
    *, file_system_arn: str, access_point_arn: str, archive: Sequence[Policy]
) -> Policy:
    """What the task of a site's backup may do, in place of `site_task`.

    The same files and archives, of which it deletes what is over; neither mails nor shells.
    """
    return policy(_mount(file_system_arn, access_point_arn), *archive)


def _mount(file_system_arn: str, access_point_arn: str) -> Policy:
    return _allow(
        ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        [file_system_arn],
        Condition={"StringEquals": {"elasticfilesystem:AccessPointArn": access_point_arn}},
    )


def _send(sends_by: Sequence[str], sends_as: Sequence[str], tenant: str) -> Policy:
    """Both actions: SES asks for the second where a message comes whole, headers and all."""
    condition = {
        "StringLike": {"ses:FromAddress": list(sends_as)},
        "StringEquals": {"ses:TenantName": tenant},
    }
    return _allow(["ses:SendEmail", "ses:SendRawEmail"], sends_by, Condition=condition)


def mail_topic(*, topic_arn: str, set_arn: str) -> Policy:
    """Lets SES tell the topic what became of the mails of one configuration set."""
    return _topic(topic_arn, {"ses": set_arn})


def alarm_topic(*, topic_arn: str, alarm_prefix: str, rule_arns: Sequence[str]) -> Policy:
    """Lets the alarms whose ARNs begin so, and rules of EventBridge, tell the topic."""
    return _topic(topic_arn, {"cloudwatch": f"{alarm_prefix}*", "events": [*rule_arns]})


def _topic(topic_arn: str, sources: Mapping[str, str | list[str]]) -> Policy:
    """Lets each service tell the topic of what has one of such ARNs."""
    return policy(
        *(
            {
                "Effect": "Allow",
                "Action": "sns:Publish",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Resource": topic_arn,
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": topic_arn.split(":")[4]},
                    "ArnLike": {"aws:SourceArn": source},
                },
            }
            for service, source in sources.items()
        )
    )


def file_system(file_system_arn: str) -> Policy:
    """Refuses mounts that are unencrypted or go around the access points.

    A file system policy without an anonymous `Allow` also takes away EFS's default, which lets
    in every client that reaches a mount target; what is left is what IAM grants a role.
    """

    def deny(sid: str, condition: Mapping[str, Any]) -> Policy:
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": [
                "elasticfilesystem:ClientMount",
                "elasticfilesystem:ClientWrite",
                "elasticfilesystem:ClientRootAccess",
            ],
            "Resource": file_system_arn,
            "Condition": condition,
        }

    return policy(
        deny("EncryptedOnly", {"Bool": {"aws:SecureTransport": "false"}}),
        deny("AccessPointOnly", {"Null": {"elasticfilesystem:AccessPointArn": "true"}}),
    )
