"""The policy of whoever deploys: enough for what the program makes, sound by AWS's reference."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from fleet.names import PROJECT
from fleet.policy.deploy import arns, deploy_policy, grants, size
from fleet.policy.place import Place
from fleet.quotas import MANAGED_POLICIES_A_ROLE, MANAGED_POLICY_CHARACTERS
from simulator import functions
from simulator.policies import judge
from tests.judges import fleets
from tests.program.fleets import Programs
from tests.program.monitor import Recorded
from tests.program.recording import Recording

PLACE = Place(environment="prod", region="us-east-1", account="123456789012", key=fleets.KEY)
# parliament takes the kinds of load balancers for things that a rule belongs to all at once.
OTHER_KIND = ":listener/net/", ":listener-rule/net/"
# A bucket's policy and lifecycle are the program's to write; the bucket holds access logs.
ACCEPTED = {"RESOURCE_POLICY_PRIVILEGE_ESCALATION"}


@pytest.fixture(scope="module")
def recordings(programs: Programs) -> dict[str, Recording]:
    return fleets.recordings(programs)


def made(recordings: dict[str, Recording]) -> Iterator[Recorded]:
    return (each for one in recordings.values() for each in one if not each.is_component)


def findings(document: dict[str, Any]) -> list[Any]:
    return list(judge().analyze_policy_string(json.dumps(document)).findings)


def test_every_type_and_function_has_its_actions_and_nothing_else_has(
    recordings: dict[str, Recording],
) -> None:
    """A new type fails here: give it a row in fleet/policy/actions.yaml."""
    types = {each.type for each in made(recordings)}
    called = {name for name in functions.tokens() if name.startswith("aws:")}
    assert set(grants()) == types | called


def test_aws_knows_the_actions_and_conditions() -> None:
    odd = [
        f"{each.issue} {each.detail}"
        for document in deploy_policy(PLACE)
        for each in findings(document)
        if each.issue not in {"RESOURCE_MISMATCH", *ACCEPTED}
    ]
    assert odd == []


def test_every_action_may_meet_each_kind_of_resource_that_it_needs() -> None:
    """By all documents together: what is made is told by its tags, what it joins by others."""
    resources: dict[str, set[str]] = defaultdict(set)
    for document in deploy_policy(PLACE):
        for statement in document["Statement"]:
            for action in statement["Action"]:
                resources[action].update(statement["Resource"])
    missing = [
        each["required_format"]
        for action, found in resources.items()
        for finding in findings(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": action, "Resource": sorted(found)}],
            }
        )
        if finding.issue == "RESOURCE_MISMATCH"
        for each in finding.detail
        if not any(kind in each["required_format"] for kind in OTHER_KIND)
    ]
    assert missing == []


@pytest.mark.parametrize("place", [PLACE, Place(environment="a" * 20, region="ap-northeast-1")])
def test_the_documents_fit_a_role(place: Place) -> None:
    documents = deploy_policy(place)
    assert max(map(size, documents)) <= MANAGED_POLICY_CHARACTERS
    # The role has room for three of its owner's.
    assert len(documents) <= MANAGED_POLICIES_A_ROLE - 3


def test_the_names_of_what_is_made_are_those_that_it_may_delete(
    recordings: dict[str, Recording],
) -> None:
    """Those of a cell of the environment, too."""
    made_here = [(each, deletable(each)) for each in made({"": recordings["production"]})]
    judged = [(each, patterns) for each, patterns in made_here if patterns]
    outside = [
        each.urn
        for each, patterns in judged
        if not any(fnmatchcase(each.state["arn"], pattern) for pattern in patterns)
    ]
    assert outside == []
    assert len({each.type for each, _ in judged}) > 15


def deletable(resource: Recorded) -> list[str]:
    """The ARNs of the resource's service at which things of its type may be removed."""
    service = resource.state.get("arn", "::").split(":")[2]
    return [
        arn
        for grant in grants()[resource.type]
        if any(verb in action for action in grant.do for verb in (":Delete", ":Release"))
        for at in grant.at
        for arn in arns(PLACE, at)
        if arn.split(":")[2] == service
    ]


def test_what_is_told_by_its_tags_has_them(recordings: dict[str, Recording]) -> None:
    tagged = {"Project": PROJECT, "Environment": "prod"}
    for each in made({"production": recordings["production"]}):
        needs = {grant.when for grant in grants()[each.type]}
        if "requested" in needs:
            assert tagged.items() <= each.inputs["tags"].items(), each.urn


def test_another_environments_things_are_not_its_own(recordings: dict[str, Recording]) -> None:
    statements = [each for document in deploy_policy(PLACE) for each in document["Statement"]]
    named = {arn for each in statements for arn in each["Resource"] if "prod" in arn}
    foreign = {
        each.state["arn"].replace("prod-east", "stage")
        for each in made({"": recordings["production"]})
        if "prod-east" in each.state.get("arn", "")
    }
    assert len(foreign) > 1
    assert not [arn for arn in foreign if any(fnmatchcase(arn, pattern) for pattern in named)]


def test_roles_go_to_the_services_that_take_them_only() -> None:
    passing = [
        statement
        for document in deploy_policy(PLACE)
        for statement in document["Statement"]
        if "iam:PassRole" in statement["Action"]
    ]
    (statement,) = passing
    assert statement["Condition"] == {
        "StringEquals": {
            "iam:PassedToService": [
                "backup.amazonaws.com",
                "ecs-tasks.amazonaws.com",
                "scheduler.amazonaws.com",
                "states.amazonaws.com",
                "vpc-flow-logs.amazonaws.com",
            ]
        }
    }
    assert all("role/*-" in arn for arn in statement["Resource"])


def test_other_parts_of_the_world_have_their_own_partition() -> None:
    china = deploy_policy(Place(environment="prod", region="cn-north-1"))
    found = {arn for d in china for s in d["Statement"] for arn in s["Resource"] if arn != "*"}
    assert {arn.split(":")[1] for arn in found} == {"aws-cn"}


def test_a_key_of_ones_own_is_used_through_aws_services_only() -> None:
    def using_a_key(place: Place) -> list[dict[str, Any]]:
        return [
            statement
            for document in deploy_policy(place)
            for statement in document["Statement"]
            if any(action.startswith("kms:") for action in statement["Action"])
            and statement["Action"] != ["kms:DescribeKey"]
        ]

    assert using_a_key(Place(environment="prod")) == []
    for statement in using_a_key(PLACE):
        assert statement["Resource"] == [fleets.KEY]
        assert "kms:ViaService" in statement["Condition"]["StringLike"]
