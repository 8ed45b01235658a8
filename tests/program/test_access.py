"""The evaluator itself: what AWS's documents say about policies and security groups."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.program.access import Account, Firewall, Request
from tests.program.monitor import Recorded
from tests.program.recording import Recording

ROLE = "arn:aws:iam::123456789012:role/a"
OTHER = "arn:aws:iam::123456789012:role/b"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf"  # noqa: S105 - its name
READING = "secretsmanager:GetSecretValue"
FILES = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1"
MOUNT = "elasticfilesystem:ClientMount"
POINT = "elasticfilesystem:AccessPointArn"


def resource(
    type_: str, name: str, inputs: dict[str, Any], state: dict[str, str] | None = None
) -> Recorded:
    return Recorded(
        type=type_,
        name=name,
        urn=f"{type_}::{name}",
        parent="",
        is_component=False,
        inputs=inputs,
        secret_inputs=frozenset(),
        state=state or {},
        id=name,
        protect=False,
        ignore_changes=frozenset(),
        depends_on=frozenset(),
        provider="",
        outputs=None,
    )


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def account(own: str, *, trust: str = document(), files: str | None = None) -> Account:
    found = [
        resource("aws:iam/role:Role", "a", {"assumeRolePolicy": trust}, {"name": "a", "arn": ROLE}),
        resource("aws:iam/rolePolicy:RolePolicy", "a", {"role": "a", "policy": own}),
        resource("aws:efs/fileSystem:FileSystem", "f", {}, {"arn": FILES}),
    ]
    if files is not None:
        inputs = {"fileSystemId": "f", "policy": files}
        found.append(resource("aws:efs/fileSystemPolicy:FileSystemPolicy", "f", inputs))
    return Account(Recording({each.urn: each for each in found}, {}, frozenset()))


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", **elements}


def deny(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Deny", **elements}


READ_SECRET = Request(("AWS", ROLE), READING, SECRET)


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([], False),
        ([allow(Action=READING, Resource=SECRET)], True),
        ([allow(Action=[READING.upper()], Resource=[SECRET])], True),
        ([allow(Action="secretsmanager:Get*", Resource="*")], True),
        ([allow(Action=READING, Resource=f"{SECRET[:-1]}?")], True),
        ([allow(Action=READING, Resource=SECRET[:-1])], False),
        ([allow(Action="ssm:GetParameters", Resource="*")], False),
        ([allow(NotAction="s3:*", Resource="*")], True),
        ([allow(NotAction=READING, Resource="*")], False),
        ([allow(Action=READING, NotResource="arn:aws:s3:::*")], True),
        ([allow(Action="*", Resource="*"), deny(Action=READING, Resource="*")], False),
        ([allow(Action="*", Resource="*", Condition={"StringEquals": {"k": "v"}})], False),
    ],
)
def test_a_roles_own_policy(statements: list[dict[str, Any]], allowed: bool) -> None:
    assert account(document(*statements)).allows(READ_SECRET) == allowed


@pytest.mark.parametrize(
    ("condition", "context", "allowed"),
    [
        ({"StringEquals": {POINT: "p"}}, {POINT: "p"}, True),
        ({"StringEquals": {POINT.upper(): ["o", "p"]}}, {POINT: "p"}, True),
        ({"StringEquals": {POINT: "p"}}, {POINT: "q"}, False),
        ({"StringEquals": {POINT: "p"}}, {}, False),
        ({"StringEquals": {POINT: "*"}}, {POINT: "p"}, False),
        ({"StringLike": {POINT: "*"}}, {POINT: "p"}, True),
        ({"ArnLike": {POINT: "arn:*"}}, {POINT: "arn:p"}, True),
        ({"Null": {POINT: "true"}}, {}, True),
        ({"Null": {POINT: "true"}}, {POINT: "p"}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, {"aws:SecureTransport": "false"}, False),
        ({"StringEquals": {POINT: "p"}, "Bool": {"b": "true"}}, {POINT: "p"}, False),
    ],
)
def test_a_condition(condition: dict[str, Any], context: dict[str, str], allowed: bool) -> None:
    own = document(allow(Action=MOUNT, Resource=FILES, Condition=condition))
    request = Request(("AWS", ROLE), MOUNT, FILES, context)
    assert account(own, files=document()).allows(request) == allowed


def test_a_file_system_without_a_policy_lets_everyone_in() -> None:
    request = Request(("AWS", OTHER), MOUNT, FILES)
    assert account(document()).allows(request)
    assert not account(document(), files=document()).allows(request)
    everyone = document(allow(Principal={"AWS": "*"}, Action=MOUNT, Resource=FILES))
    assert account(document(), files=everyone).allows(request)


def test_a_resources_denial_beats_a_roles_permission() -> None:
    own = document(allow(Action="*", Resource="*"))
    files = document(deny(Principal="*", Action=MOUNT, Resource=FILES))
    assert not account(own, files=files).allows(Request(("AWS", ROLE), MOUNT, FILES))


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        ({"Service": "ecs-tasks.amazonaws.com"}, False),
        ({"AWS": OTHER}, True),
        ({"AWS": "arn:aws:iam::123456789012:root"}, True),
        ({"AWS": "arn:aws:iam::999999999999:root"}, False),
        ({"AWS": "*"}, True),
        ("*", True),
    ],
)
def test_trust_alone_decides_who_takes_a_role(principal: Any, allowed: bool) -> None:
    trust = document(allow(Principal=principal, Action="sts:AssumeRole"))
    everything = document(allow(Action="*", Resource="*"))
    request = Request(("AWS", OTHER), "sts:AssumeRole", ROLE)
    assert account(everything, trust=trust).allows(request) == allowed


@pytest.mark.parametrize(
    "statement",
    [
        allow(Action="*", Resource="*", Condition={"NumericLessThan": {"k": "1"}}),
        allow(Action="*", Resource="*", NotPrincipal={"AWS": ROLE}),
    ],
)
def test_what_it_can_not_read_it_refuses(statement: dict[str, Any]) -> None:
    with pytest.raises(NotImplementedError):
        account(document(statement)).allows(READ_SECRET)


@pytest.mark.parametrize(
    "type_",
    [
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:kms/grant:Grant",
    ],
)
def test_a_way_to_give_access_that_it_does_not_know_is_refused(type_: str) -> None:
    with pytest.raises(NotImplementedError):
        Account(Recording({"x": resource(type_, "x", {})}, {}, frozenset()))


@pytest.mark.parametrize(
    ("rule", "admitted"),
    [
        ({"securityGroups": ["sg-a"]}, True),
        ({"securityGroups": ["sg-c"]}, False),
        ({"self": True}, False),
        ({"cidrBlocks": ["0.0.0.0/0"]}, True),
        ({"ipv6CidrBlocks": ["::/0"]}, True),
        ({"securityGroups": ["sg-a"], "protocol": "udp"}, False),
        ({"securityGroups": ["sg-a"], "toPort": 79}, False),
        ({"securityGroups": ["sg-a"], "protocol": "-1", "toPort": 0}, True),
    ],
)
def test_a_security_group(rule: dict[str, Any], admitted: bool) -> None:
    inbound = {"protocol": "tcp", "fromPort": 0, "toPort": 80, **rule}
    firewall = Firewall({"sg-a": [], "sg-b": [inbound]})
    assert firewall.admits({"sg-a"}, {"sg-b"}, 80) == admitted
    assert not firewall.admits({"sg-b"}, {"sg-a"}, 80)


def test_a_group_that_admits_itself_admits_its_members() -> None:
    rule = {"protocol": "tcp", "fromPort": 3306, "toPort": 3306, "self": True}
    firewall = Firewall({"sg-a": [rule]})
    assert firewall.admits({"sg-a"}, {"sg-a"}, 3306)
    assert not firewall.admits({"sg-b"}, {"sg-a"}, 3306)
