"""No role, security group, access point or secret of one site admits another.

Read from the policies, groups and task definitions that the whole program created, by an evaluator
that knows nothing of how they were built. Each check is tried on a tampered program too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.program.access import Account, Firewall, Request
from tests.program.fleets import PARAMETER, VARIED
from tests.program.isolation import (
    AWS_ACCOUNT,
    ON_SHARED,
    SITES,
    archive_arn,
    connections,
    foreign_references,
    groups,
    intrusions,
    reach,
)
from tests.program.recording import Recording


def test_no_role_reaches_anything_of_another_site(varied: Recording) -> None:
    assert intrusions(varied) == []


def test_every_site_reaches_what_it_lives_on(varied: Recording) -> None:
    reached = reach(varied, Account(varied))
    for site in SITES:
        kinds = {kind for kind, _ in reached[site]}
        assert {"secret", "log group", "access point", "archive"} <= kinds, site
    assert ("parameter", PARAMETER) in reached["shop"]


def _kind(role: str) -> str:
    return next((kind for kind in ("flow-logs", "schedules", "vault") if f"-{kind}-" in role), "")


@pytest.mark.parametrize(
    ("taker", "source", "kind"),
    [
        ("ecs-tasks.amazonaws.com", "ecs:us-east-1:{}:cluster/wordpress-test", ""),
        ("vpc-flow-logs.amazonaws.com", "ec2:us-east-1:{}:vpc-flow-log/fl-1", "flow-logs"),
        (
            "scheduler.amazonaws.com",
            "scheduler:us-east-1:{}:schedule-group/wordpress-test",
            "schedules",
        ),
    ],
)
def test_roles_are_taken_by_one_service_of_this_account_only(
    varied: Recording, taker: str, source: str, kind: str
) -> None:
    account = Account(varied)
    arn = f"arn:aws:{source.format(AWS_ACCOUNT)}"
    here = {"aws:SourceAccount": AWS_ACCOUNT, "aws:SourceArn": arn}
    there = {key: value.replace(AWS_ACCOUNT, "999999999999") for key, value in here.items()}
    roles = [role for role in account.roles if kind == _kind(role)]
    assert roles
    for role in roles:
        for service, context, allowed in (
            (taker, here, True),
            (taker, there, False),
            (taker, {}, False),
            ("ec2.amazonaws.com", here, False),
            ("lambda.amazonaws.com", here, False),
        ):
            request = Request(("Service", service), "sts:AssumeRole", role, context)
            assert account.allows(request) == allowed, request


@pytest.mark.parametrize(
    ("prefix", "allowed"),
    [
        *(("docs/", True), ("docs/2030-01-31/", True)),
        *(("docs-two/", False), ("docs", False), ("blog/", False), ("", False)),
    ],
)
def test_a_site_lists_its_own_archives_alone(varied: Recording, prefix: str, allowed: bool) -> None:
    account, bucket = Account(varied), archive_arn(varied)
    (role,) = (role for role in account.roles if "role/docs-task" in role)
    request = Request(("AWS", role), "s3:ListBucket", bucket, {"s3:prefix": prefix})
    assert account.allows(request) == allowed
    assert not account.allows(Request(("AWS", role), "s3:ListBucket", bucket))
    read = Request(("AWS", role), "s3:GetObject", f"{bucket}/{prefix}x", {})
    assert account.allows(read) == allowed


def test_backups_are_deleted_by_the_role_of_the_backup_alone(varied: Recording) -> None:
    """A site that somebody broke into still has them."""
    account, bucket = Account(varied), archive_arn(varied)
    for role in account.roles:
        for action, object_ in (
            ("s3:DeleteObject", "docs/20261129T024100Z-0001/manifest.json"),
            ("s3:DeleteObject", "docs/objects/9e/9e77"),
            ("s3:DeleteObjectVersion", "docs/objects/9e/9e77"),
        ):
            request = Request(("AWS", role), action, f"{bucket}/{object_}")
            wanted = action == "s3:DeleteObject" and "role/docs-backup-task" in role
            assert account.allows(request) == wanted, request
        for action in ("s3:PutLifecycleConfiguration", "s3:PutBucketVersioning"):
            assert not account.allows(Request(("AWS", role), action, bucket)), role


def test_what_the_clock_starts_is_moved_by_no_role_of_a_site(varied: Recording) -> None:
    """Whoever moves a schedule names a command, so also that of what has the master secret."""
    assert varied.site("docs").of_type("scheduler:Schedule")
    reached = reach(varied, Account(varied))
    assert not [thing for site in SITES for thing in reached[site] if thing[0] == "schedule"]


def test_scheduler_starts_the_tasks_of_the_site_alone(varied: Recording) -> None:
    account = Account(varied)
    (role,) = (role for role in account.roles if "docs-schedules" in role)
    base = f"arn:aws:ecs:us-east-1:{AWS_ACCOUNT}"
    here = {"ecs:cluster": f"{base}:cluster/wordpress-test"}
    for family, cluster, allowed in (
        ("test-docs:7", here, True),
        ("test-docs", here, True),
        ("test-docs-two:7", here, False),
        ("test-blog:7", here, False),
        ("test-docs:7", {"ecs:cluster": f"{base}:cluster/other"}, False),
    ):
        request = Request(("AWS", role), "ecs:RunTask", f"{base}:task-definition/{family}", cluster)
        assert account.allows(request) == allowed, request


@pytest.mark.parametrize(
    "context",
    [
        {"aws:SecureTransport": "true"},
        {"aws:SecureTransport": "false", "elasticfilesystem:AccessPointArn": "own"},
    ],
    ids=["without an access point", "unencrypted"],
)
def test_files_are_mounted_encrypted_and_through_an_access_point(
    varied: Recording, context: dict[str, str]
) -> None:
    account = Account(varied)
    (files,) = varied.of_type("efs:FileSystem")
    for access_point in varied.of_type("efs:AccessPoint"):
        given = {k: access_point.state["arn"] if v == "own" else v for k, v in context.items()}
        for role in account.roles:
            for action in ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"):
                request = Request(("AWS", role), action, files.state["arn"], given)
                assert not account.allows(request)


def test_access_points_of_sites_lie_in_separate_folders(varied: Recording) -> None:
    folders = [
        f"{each.inputs['rootDirectory']['path']}/" for each in varied.of_type("efs:AccessPoint")
    ]
    for one in folders:
        assert [other for other in folders if other.startswith(one)] == [one]


def test_a_task_definition_names_nothing_of_another_site(varied: Recording) -> None:
    assert foreign_references(varied) == []


def test_tasks_reach_their_own_database_and_no_others(varied: Recording) -> None:
    live = [site for site in SITES if VARIED[site].get("state", "live") == "live"]
    assert connections(varied) == {(site, "base" if site in ON_SHARED else site) for site in live}


def test_the_internet_reaches_the_load_balancer_and_it_reaches_the_tasks(varied: Recording) -> None:
    firewall = Firewall.of(varied)
    (balancer,) = varied.of_type("lb:LoadBalancer")
    in_front = set(balancer.inputs["securityGroups"])
    behind = [groups(varied, site) for site in SITES]
    behind += [set(each.inputs["securityGroups"]) for each in varied.of_type("efs:MountTarget")]
    behind += [set(each.inputs["vpcSecurityGroupIds"]) for each in varied.of_type("rds:Cluster")]
    for port in (22, 80, 443, 2049, 3306, 8080, 9000):
        assert firewall.admits({"the internet"}, in_front, port) == (port in (80, 443))
        assert not any(firewall.admits({"the internet"}, each, port) for each in behind)
    assert all(
        firewall.admits(in_front, groups(varied, site), VARIED[site].get("port", 8080))
        for site in SITES
        if groups(varied, site)
    )


def test_files_answer_tasks_only(varied: Recording) -> None:
    firewall = Firewall.of(varied)
    for target in varied.of_type("efs:MountTarget"):
        mount = set(target.inputs["securityGroups"])
        assert firewall.admits(groups(varied, "blog"), mount, 2049)
        for cluster in varied.of_type("rds:Cluster"):
            assert not firewall.admits(set(cluster.inputs["vpcSecurityGroupIds"]), mount, 2049)


Tamper = Callable[[dict[str, Any]], None]


def tampered(run: Recording, type_: str, name: str, key: str, change: Tamper) -> Recording:
    """The recording with one JSON document, or a resource's own inputs, changed."""
    resource = run.named(type_, name)
    inputs = json.loads(json.dumps(resource.inputs))
    document = json.loads(inputs[key]) if key else inputs
    change(document)
    changed = {**inputs, key: json.dumps(document)} if key else document
    return replace(
        run, resources={**run.resources, resource.urn: replace(resource, inputs=changed)}
    )


def statement(index: int, **elements: Any) -> Tamper:
    return lambda policy: policy["Statement"][index].update(elements)


def without(index: int, element: str) -> Tamper:
    return lambda policy: policy["Statement"][index].pop(element)


POLICY = "policy"
TRUST = "assumeRolePolicy"
TAMPERED: dict[str, tuple[str, str, str, Tamper]] = {
    "any secret": ("iam:RolePolicy", "blog-execution", POLICY, statement(1, Resource="*")),
    "secrets by prefix": (
        *("iam:RolePolicy", "blog-execution", POLICY),
        statement(1, Resource=f"arn:aws:secretsmanager:us-east-1:{AWS_ACCOUNT}:secret:*"),
    ),
    "any log": ("iam:RolePolicy", "blog-execution", POLICY, statement(0, Resource="*")),
    "any action on all": (
        *("iam:RolePolicy", "docs-task", POLICY),
        statement(1, Action="*", Resource="*"),
    ),
    "any access point": ("iam:RolePolicy", "docs-task", POLICY, without(0, "Condition")),
    "all but one": (
        *("iam:RolePolicy", "docs-task", POLICY),
        statement(1, NotAction="s3:*", Resource="*"),
    ),
    "any archive": (
        *("iam:RolePolicy", "docs-task", POLICY),
        statement(2, Resource="arn:aws:s3:::*"),
    ),
    "a role for everyone": (
        *("iam:Role", "shop-task", TRUST),
        lambda trust: trust["Statement"][0].update(Principal={"AWS": "*"}, Condition={}),
    ),
    "files for everyone": (
        *("efs:FileSystemPolicy", "base-files", POLICY),
        lambda policy: policy["Statement"].append(
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": "elasticfilesystem:ClientMount",
                "Resource": "*",
            }
        ),
    ),
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_a_tampered_policy_is_caught(
    varied: Recording, change: tuple[str, str, str, Tamper]
) -> None:
    assert intrusions(tampered(varied, *change))


def test_a_database_group_that_admits_all_tasks_is_caught(varied: Recording) -> None:
    tasks = varied.named("ec2:SecurityGroup", "base-compute-tasks").id
    rule = {"protocol": "tcp", "fromPort": 3306, "toPort": 3306, "securityGroups": [tasks]}
    opened = tampered(
        *(varied, "ec2:SecurityGroup", "shop-database", ""),
        lambda inputs: inputs["ingress"].append(rule),
    )
    assert ("blog", "shop") in connections(opened)


def test_tasks_that_admit_each_other_are_caught(varied: Recording) -> None:
    opened = tampered(
        *(varied, "ec2:SecurityGroup", "base-compute-tasks", ""),
        lambda inputs: inputs["ingress"][0].update(self=True),
    )
    assert ("blog", "shop's tasks") in connections(opened)


def test_a_task_with_another_sites_secret_or_role_is_caught(varied: Recording) -> None:
    blog, shop = (varied.named("ecs:TaskDefinition", name).inputs for name in ("blog", "shop"))
    for key in ("containerDefinitions", "taskRoleArn", "volumes"):
        stolen = tampered(
            *(varied, "ecs:TaskDefinition", "blog", ""),
            lambda inputs, key=key: inputs.update({key: shop[key]}),
        )
        assert foreign_references(stolen), blog[key]
