"""Who may do what: IAM's and the security groups' own rules, over what a program created.

Written from AWS's documents ("Policy evaluation logic", "IAM JSON policy elements"), knowing
nothing of how this project builds its policies. What it can't read it refuses with
`NotImplementedError`: an operator or a kind of rule that it would otherwise overlook.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.program.recording import Recording, short_type

Document = Mapping[str, Any]

# Types that let someone do something, and those whose name only sounds so.
READ = {
    *("iam:Role", "iam:RolePolicy", "efs:FileSystemPolicy", "s3:BucketPolicy"),
    *("ec2:SecurityGroup",),
}
HARMLESS = {
    # The topics' let AWS's services publish, which no role of a site is; a rule tells one of them.
    *("sns:TopicPolicy", "cloudwatch:EventRule"),
    # Days that copies have to stay.
    *("backup:VaultLockConfiguration",),
    *("appautoscaling:Policy", "ecr:LifecyclePolicy", "efs:BackupPolicy"),
    *("s3:BucketPublicAccessBlock", "lb:ListenerRule", "efs:AccessPoint"),
    # Without rules, which test_network.py sees to.
    *("ec2:DefaultSecurityGroup",),
}
GIVES_ACCESS = re.compile("Policy|Role|Permission|Grant|Access|Attachment|SecurityGroup|Rule|User$")


@dataclass(frozen=True, slots=True)
class Request:
    """One call to AWS. `principal`: `AWS` and a role's ARN, or `Service` and its name."""

    principal: tuple[str, str]
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


class Account:
    """The policies of everything in a recording, and what they allow."""

    def __init__(self, recording: Recording) -> None:
        unread = {
            short_type(each.type)
            for each in recording
            if each.type.startswith("aws:") and GIVES_ACCESS.search(short_type(each.type))
        }
        if unread - READ - HARMLESS:
            raise NotImplementedError(f"access given by {sorted(unread - READ - HARMLESS)}")
        self._identity: dict[str, list[Document]] = {}
        self._resource: dict[str, Document] = {}
        arns = {role.state["name"]: role.state["arn"] for role in recording.of_type("iam:Role")}
        for role in recording.of_type("iam:Role"):
            self._resource[role.state["arn"]] = json.loads(role.inputs["assumeRolePolicy"])
            if role.inputs.get("managedPolicyArns") or role.inputs.get("inlinePolicies"):
                raise NotImplementedError(f"{role.name}: policies in the role itself")
        for policy in recording.of_type("iam:RolePolicy"):
            documents = self._identity.setdefault(arns[policy.inputs["role"]], [])
            documents.append(json.loads(policy.inputs["policy"]))
        files = {each.id: each.state["arn"] for each in recording.of_type("efs:FileSystem")}
        for policy in recording.of_type("efs:FileSystemPolicy"):
            arn = files[policy.inputs["fileSystemId"]]
            self._resource[arn] = json.loads(policy.inputs["policy"])

    @property
    def roles(self) -> list[str]:
        return list(self._identity)

    def allows(self, request: Request) -> bool:
        """Within one account: any allow, by role or by resource, and no deny by either.

        A trust policy alone decides on its role, whatever the caller's own policies say. A file
        system without a policy lets everyone in.
        """
        by_resource = _effects(self._resource.get(request.resource), request)
        by_role = set[str]()
        for document in self._identity.get(request.principal[1], []):
            by_role |= _effects(document, request)
        if request.action.startswith("elasticfilesystem:Client") and (
            request.resource not in self._resource
        ):
            by_resource.add("Allow")
        deciding = by_resource if request.action == "sts:AssumeRole" else by_resource | by_role
        return "Allow" in deciding and "Deny" not in by_resource | by_role


def _effects(document: Document | None, request: Request) -> set[str]:
    """`Allow` and `Deny`, from the statements that the request meets."""
    statements = _list(document["Statement"]) if document else []
    return {each["Effect"] for each in statements if _meets(each, request)}


def _meets(statement: Document, request: Request) -> bool:
    return (
        _principal_meets(statement, request.principal)
        and _named(statement, "Action", request.action, ignore_case=True)
        and _named(statement, "Resource", request.resource)
        and all(
            _condition(operator, key, _list(values), request.context)
            for operator, tests in statement.get("Condition", {}).items()
            for key, values in tests.items()
        )
    )


def _principal_meets(statement: Document, principal: tuple[str, str]) -> bool:
    """A role's own policy names none: it speaks of its role."""
    if "NotPrincipal" in statement:
        raise NotImplementedError("NotPrincipal")
    named = statement.get("Principal")
    if named is None or named == "*":
        return True
    kind, name = principal
    account = f"arn:aws:iam::{name.split(':')[4]}:root" if kind == "AWS" else name
    return bool({"*", name, account} & set(_list(named.get(kind, []))))


def _named(statement: Document, element: str, value: str, *, ignore_case: bool = False) -> bool:
    """Whether Action or Resource, or their opposites, take in the value."""
    if f"Not{element}" in statement:
        return not _any_like(value, statement[f"Not{element}"], ignore_case)
    # A trust policy names no resource: it is its role's.
    return element not in statement or _any_like(value, statement[element], ignore_case)


def _any_like(value: str, patterns: Any, ignore_case: bool) -> bool:
    return any(
        like(value.lower(), pattern.lower()) if ignore_case else like(value, pattern)
        for pattern in _list(patterns)
    )


def like(value: str, pattern: str) -> bool:
    """IAM's wildcards: `*` and `?`; brackets mean nothing."""
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _condition(operator: str, key: str, values: list[str], context: Mapping[str, str]) -> bool:
    found = {name.lower(): value for name, value in context.items()}.get(key.lower())
    if operator == "Null":
        return (found is None) == (values == ["true"])
    if operator.endswith("IfExists"):
        operator = operator.removesuffix("IfExists")
        if found is None:
            return True
    if operator not in _OPERATORS:
        raise NotImplementedError(operator)
    return found is not None and any(_OPERATORS[operator](found, value) for value in values)


_OPERATORS = {
    "StringEquals": lambda found, value: found == value,
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": lambda found, value: found == value,
}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True, slots=True)
class Firewall:
    """The inbound rules of every security group of a recording, by the group's id."""

    inbound: Mapping[str, list[Mapping[str, Any]]]

    @classmethod
    def of(cls, recording: Recording) -> Firewall:
        groups = recording.of_type("ec2:SecurityGroup")
        return cls({group.id: group.inputs.get("ingress", []) for group in groups})

    def admits(self, source: set[str], target: set[str], port: int) -> bool:
        """Whether what carries the groups `source` reaches what carries `target` on a TCP port."""
        return any(
            rule["protocol"] in ("tcp", "-1")
            and (rule["protocol"] == "-1" or rule["fromPort"] <= port <= rule["toPort"])
            and bool(
                source & set(rule.get("securityGroups", []))
                or (rule.get("self") and group in source)
                or rule.get("cidrBlocks")
                or rule.get("ipv6CidrBlocks")
                or rule.get("prefixListIds")
            )
            for group in target
            for rule in self.inbound[group]
        )
