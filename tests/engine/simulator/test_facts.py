"""For each kind of fact of the table: Check catches a breach, as the provider does."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.values import UNKNOWN
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import InvalidError
from tests.engine.simulator.samples import Samples

ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
BREACHES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    # kind of fact: type, arguments over the valid ones (None takes one out), place, words
    "missing argument": (a.DATABASE, {"engine": None}, "engine", "Missing required"),
    "missing argument of a block": (
        a.SERVICE,
        {"loadBalancers": [{"targetGroupArn": "arn", "containerName": "web"}]},
        "loadBalancers[0].containerPort",
        "Missing required",
    ),
    "unknown argument": (a.BUCKET, {"color": "red"}, "color", "not expected here"),
    "unknown argument of a block": (
        a.LISTENER,
        {"defaultActions": [{"type": "forward", "forwad": {}}]},
        "defaultActions[0].forwad",
        "not expected here",
    ),
    "wrong type": (a.SERVICE, {"desiredCount": "two"}, "desiredCount", "expected a integer"),
    "text for a list": (a.BALANCER, {"subnets": "subnet-1"}, "subnets", "expected a list"),
    "list for a text": (a.VPC, {"cidrBlock": ["10.0.0.0/16"]}, "cidrBlock", "expected a string"),
    "text for an object": (a.TARGET_GROUP, {"healthCheck": "/"}, "healthCheck", "an object"),
    "wrong enum": (a.TARGET_GROUP, {"targetType": "pod"}, "targetType", "to be one of"),
    "wrong enum of a number": (a.LOG_GROUP, {"retentionInDays": 31}, "retentionInDays", "one of"),
    "out of range": (a.RULE, {"priority": 50_001}, "priority", "in the range (1 - 50000)"),
    "below the range": (
        a.TARGET_GROUP,
        {"healthCheck": {"interval": 4}},
        "healthCheck.interval",
        "in the range",
    ),
    "too long": (a.FILES, {"creationToken": "x" * 65}, "creationToken", "longer than 64"),
    "too short": (a.ROLE, {"name": ""}, "name", "shorter than 1"),
    "pattern": (a.DATABASE, {"clusterIdentifier": "Blog"}, "clusterIdentifier", "must match"),
    "pattern, two hyphens": (
        a.DATABASE,
        {"finalSnapshotIdentifier": "a--b"},
        "finalSnapshotIdentifier",
        "must match",
    ),
    "pattern, last line": (a.LOG_GROUP, {"name": "/fleet\n"}, "name", "must match"),
    "format arn": (a.TASK, {"taskRoleArn": "blog"}, "taskRoleArn", "invalid ARN"),
    "format network": (a.VPC, {"cidrBlock": "10.0.0.1/16"}, "cidrBlock", "host bits"),
    "format json": (a.ROLE_POLICY, {"policy": "{"}, "policy", "invalid JSON"),
    "format base64": (
        a.VERSION,
        {"secretString": None, "secretBinary": "?"},
        "secretBinary",
        "base64",
    ),
    "format port": (
        a.TARGET_GROUP,
        {"healthCheck": {"port": "http"}},
        "healthCheck.port",
        "valid port",
    ),
    "too many items": (
        a.FILES,
        {"lifecyclePolicies": [{"transitionToIa": "AFTER_1_DAY"}] * 4},
        "lifecyclePolicies",
        "supports 3, found 4",
    ),
    "conflict": (
        a.DATABASE,
        {"masterPassword": "hush"},
        "manageMasterUserPassword",
        "conflicts with masterPassword",
    ),
    "none of exactly one": (ASSOCIATION, {"subnetId": None}, "subnetId", "none were specified"),
    "two of exactly one": (
        ASSOCIATION,
        {"gatewayId": "igw-1"},
        "subnetId",
        "`subnetId,gatewayId` were specified",
    ),
    "one without its partner": (
        a.DATABASE,
        {"manageMasterUserPassword": None, "masterPasswordWo": "hush"},
        "masterPasswordWo",
        "must be specified",
    ),
}

# Breaches by being there or not, which holds for a value that isn't known yet too.
OF_PRESENCE = (
    *("missing argument", "unknown argument", "conflict", "none of exactly one"),
    *("two of exactly one", "one without its partner"),
)


@pytest.mark.parametrize("kind", BREACHES)
def test_a_breach_is_caught(samples: Samples, kind: str) -> None:
    token, arguments, place, words = BREACHES[kind]
    with pytest.raises(InvalidError) as caught:
        samples.make(token, **arguments)
    assert place in caught.value.places
    assert words in str(caught.value)


def test_all_breaches_are_told_at_once(samples: Samples) -> None:
    with pytest.raises(InvalidError) as caught:
        samples.make(a.TARGET_GROUP, targetType="pod", deregistrationDelay=-1, port=0)
    assert {"targetType", "deregistrationDelay", "port"} <= caught.value.places


@pytest.mark.parametrize("kind", [kind for kind in BREACHES if kind not in OF_PRESENCE])
def test_what_a_preview_cannot_know_is_no_breach(samples: Samples, kind: str) -> None:
    token, arguments, _, _ = BREACHES[kind]
    merged = {**samples.inputs(token), **arguments}
    given = {name: value for name, value in merged.items() if value is not None}
    unknown = {name: UNKNOWN if name in arguments else value for name, value in given.items()}
    samples.aws.check(token, "sample", unknown)


def test_texts_stand_for_numbers_and_booleans_as_in_the_bridge(samples: Samples) -> None:
    task = samples.make(a.TASK, cpu=512, memory=1024.0)
    assert (task["cpu"], task["memory"]) == ("512", "1024")
    service = samples.make(a.SERVICE, desiredCount="3", enableEcsManagedTags="true")
    assert (service["desiredCount"], service["enableEcsManagedTags"]) == (3, True)


def test_a_policy_given_as_an_object_becomes_json(samples: Samples) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = samples.make(a.ROLE, assumeRolePolicy=document)
    assert isinstance(role["assumeRolePolicy"], str)
    assert "sts:AssumeRole" in role["assumeRolePolicy"]
