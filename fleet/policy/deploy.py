"""The IAM policy of the role that deploys: what the program's types take, and no more.

actions.yaml has the actions of each type; here they become statements of one environment,
region and account, in documents that IAM takes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fleet.names import PROJECT
from fleet.policy.place import Place
from fleet.quotas import MANAGED_POLICY_CHARACTERS

ACTIONS = Path(__file__).with_name("actions.yaml")

Statement = dict[str, Any]
Document = dict[str, Any]

# What has no region in its ARNs.
_GLOBAL = ("cloudfront:", "iam:", "rds:global-cluster:", "route53:", "s3:")
# Whose names are the same for every account.
_WITHOUT_ACCOUNT = {"route53", "s3"}
KEY = "KEY"
# The services whose things are encrypted with the environment's own key.
_ENCRYPTING = ("backup", "ecr", "elasticfilesystem", "rds", "secretsmanager")
_PASSED = (
    "backup.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
_LINKED = (
    "ecs.amazonaws.com",
    "ecs.application-autoscaling.amazonaws.com",
    "elasticfilesystem.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "rds.amazonaws.com",
    "vpcorigin.cloudfront.amazonaws.com",
)


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions that are allowed on the same resources in the same circumstances."""

    at: tuple[str, ...]
    """SERVICE:RESOURCE; none for actions that know no resources."""
    when: str | None
    do: tuple[str, ...]


@cache
def grants() -> dict[str, list[Grant]]:
    """Type or function of the provider -> what it takes."""
    return {
        token: [
            Grant(tuple(entry.get("at", ())), entry.get("when"), tuple(entry["do"]))
            for entry in entries
        ]
        for token, entries in yaml.safe_load(ACTIONS.read_text()).items()
    }


def deploy_policy(place: Place) -> list[Document]:
    """The documents, each within IAM's limit of a managed policy."""
    actions: dict[tuple[tuple[str, ...], str | None], set[str]] = defaultdict(set)
    for grant in (each for entries in grants().values() for each in entries):
        if KEY not in grant.at or place.key is not None:
            actions[grant.at, grant.when].update(grant.do)
    shared = _by_service(actions)
    return _documents(
        _statement(place, at, when, sorted(names))
        for (at, when), names in sorted(shared.items(), key=lambda item: (str(item[0]), item[1]))
    )


def _by_service(
    actions: Mapping[tuple[tuple[str, ...], str | None], set[str]],
) -> dict[tuple[tuple[str, ...], str | None], set[str]]:
    """One statement a service for what has the environment's tags.

    An action only ever meets resources of the types that it knows, and each must have the tags, so
    that nothing more is allowed; apart, the statements repeat their conditions.
    """
    shared: dict[tuple[tuple[str, ...], str | None], set[str]] = defaultdict(set)
    ours: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for (at, when), names in actions.items():
        if when == "ours":
            resources, allowed = ours[at[0].partition(":")[0]]
            resources.update(at)
            allowed.update(names)
        else:
            shared[at, when].update(names)
    for resources, allowed in ours.values():
        shared[tuple(sorted(resources)), "ours"] |= allowed
    return shared


def size(document: Mapping[str, Any]) -> int:
    """Characters that count: IAM leaves white space out."""
    return len(json.dumps(document, separators=(",", ":")))


def _statement(
    place: Place, at: Iterable[str], when: str | None, actions: Iterable[str]
) -> Statement:
    statement: Statement = {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": sorted(arn for each in at for arn in arns(place, each)) or ["*"],
    }
    conditions = _conditions(place, when)
    return {**statement, "Condition": conditions} if conditions else statement


def arns(place: Place, at: str) -> list[str]:
    """The ARNs of SERVICE:RESOURCE; two where the name holds that of the stack."""
    if at == KEY:
        return [place.key] if place.key else []
    named, _, resource = at.partition(":")
    service, _, fixed = named.partition(".")
    region = "" if at.startswith(_GLOBAL) else fixed or place.region
    account = "" if service in _WITHOUT_ACCOUNT else place.account
    labels = (place.environment, f"{place.environment}-*") if "LABEL" in resource else ("",)
    return [
        f"arn:{place.partition}:{service}:{region}:{account}:{resource.replace('LABEL', label)}"
        for label in labels
    ]


def _conditions(place: Place, when: str | None) -> Mapping[str, Any]:
    tags = {"Environment": place.environment, "Project": PROJECT}

    def of(prefix: str) -> dict[str, str]:
        return {f"aws:{prefix}/{key}": value for key, value in tags.items()}

    return {
        None: {},
        "requested": {"StringEquals": of("RequestTag")},
        "ours": {"StringEquals": of("ResourceTag")},
        "untagged": {"StringEqualsIfExists": of("ResourceTag")},
        "created": {"StringEquals": of("RequestTag"), "Null": {"ec2:CreateAction": "false"}},
        "through": {
            "StringLike": {"kms:ViaService": [f"{each}.*.amazonaws.com" for each in _ENCRYPTING]}
        },
        "passed": {"StringEquals": {"iam:PassedToService": list(_PASSED)}},
        "linked": {"StringEquals": {"iam:AWSServiceName": list(_LINKED)}},
    }[when]


def _documents(statements: Iterable[Statement]) -> list[Document]:
    """Statements in few documents: the largest first, each into the first that has room."""
    documents: list[Document] = []
    for statement in sorted(statements, key=size, reverse=True):
        for document in documents:
            longer = {**document, "Statement": [*document["Statement"], statement]}
            if size(longer) <= MANAGED_POLICY_CHARACTERS:
                document.update(longer)
                break
        else:
            documents.append({"Version": "2012-10-17", "Statement": [statement]})
    return documents
