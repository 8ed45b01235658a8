"""What the provider and AWS hold to be equal makes no diff."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.simulator import names as a
from tests.engine.simulator.caller import RefusedError
from tests.engine.simulator.names import WEB
from tests.engine.simulator.samples import Samples


def changes(samples: Samples, token: str, before: dict[str, Any], after: dict[str, Any]) -> list:
    """Places that differ between two sets of arguments over the sample's."""
    made = samples.make(token, **before)
    return sorted(samples.aws.diff(made, **after).detailedDiff)


def test_container_definitions_without_their_defaults(samples: Samples) -> None:
    full = {
        **WEB,
        "essential": True,
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "mountPoints": [],
        "healthCheck": {"command": ["CMD", "true"], "interval": 30, "retries": 3, "timeout": 5},
        "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
    }
    short = {
        "portMappings": [{"containerPort": 8080}],
        "healthCheck": {"command": ["CMD", "true"]},
        "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
        **{name: WEB[name] for name in ("name", "image")},
    }
    before = {"containerDefinitions": json.dumps([full])}
    assert changes(samples, a.TASK, before, {"containerDefinitions": json.dumps([short])}) == []
    other = {"containerDefinitions": json.dumps([{**short, "image": "wordpress:7"}])}
    assert changes(samples, a.TASK, before, other) == ["containerDefinitions"]


def test_the_order_of_sets(samples: Samples) -> None:
    subnets = samples.subnets()
    assert changes(samples, a.BALANCER, {"subnets": subnets}, {"subnets": subnets[::-1]}) == []
    rules = [
        {"protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": ["10.0.0.0/16"]}
        for port in (80, 443)
    ]
    assert changes(samples, a.GROUP, {"ingress": rules}, {"ingress": rules[::-1]}) == []
    assert changes(samples, a.GROUP, {"ingress": rules}, {"ingress": rules[:1]}) == ["ingress"]


def test_the_order_of_lists_that_are_no_sets(samples: Samples) -> None:
    rules = [
        {"id": name, "status": "Enabled", "expiration": {"days": 90}} for name in ("one", "two")
    ]
    places = changes(samples, a.LIFECYCLE, {"rules": rules}, {"rules": rules[::-1]})
    assert places == ["rules[0].id", "rules[1].id"]


def test_policies_that_say_the_same(samples: Samples) -> None:
    def document(actions: Any, *, spaced: bool) -> str:
        statement = {"Effect": "Allow", "Resource": "*", "Action": actions}
        content = {"Version": "2012-10-17", "Statement": [statement]}
        return json.dumps(content, indent=2 if spaced else None, sort_keys=spaced)

    one, two = "ecs:ListClusters", "ecs:ListServices"
    before = {"policy": document([one, two], spaced=False)}
    assert (
        changes(samples, a.ROLE_POLICY, before, {"policy": document([two, one], spaced=True)}) == []
    )
    single = {"policy": document(one, spaced=False)}
    assert changes(samples, a.ROLE_POLICY, single, {"policy": document([one], spaced=True)}) == []
    assert changes(samples, a.ROLE_POLICY, single, {"policy": document(two, spaced=False)}) == [
        "policy"
    ]


def test_defaults_written_out(samples: Samples) -> None:
    assert changes(samples, a.TARGET_GROUP, {}, {"deregistrationDelay": 300}) == []
    assert changes(samples, a.TARGET_GROUP, {"deregistrationDelay": 300}, {}) == []
    back = changes(
        samples, a.TARGET_GROUP, {"deregistrationDelay": 30}, {"deregistrationDelay": None}
    )
    assert back == ["deregistrationDelay"]


def test_left_out_what_the_provider_computes_stays(samples: Samples) -> None:
    settings = [{"name": "containerInsights", "value": "enabled"}]
    assert changes(samples, a.CLUSTER, {"settings": settings}, {"settings": None}) == []
    health = {"path": "/healthz", "interval": 10, "timeout": 5}
    assert changes(samples, a.TARGET_GROUP, {"healthCheck": health}, {"healthCheck": None}) == []
    capacity = {"minCapacity": 1, "maxCapacity": 2}
    before = {"serverlessv2ScalingConfiguration": capacity}
    after = {"serverlessv2ScalingConfiguration": None}
    assert changes(samples, a.DATABASE, before, after) == []


def test_names_of_protocols(samples: Samples) -> None:
    def rule(protocol: str) -> dict[str, Any]:
        ports = {"fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/16"]}
        return {"ingress": [{"protocol": protocol, **ports}]}

    assert changes(samples, a.GROUP, rule("tcp"), rule("6")) == []
    assert changes(samples, a.GROUP, rule("tcp"), rule("TCP")) == []
    assert changes(samples, a.GROUP, rule("tcp"), rule("udp")) == ["ingress[0].protocol"]


def test_parameter_names_in_capitals(samples: Samples) -> None:
    def parameters(name: str) -> dict[str, Any]:
        return {"parameters": [{"name": name, "value": "ON"}]}

    before, after = parameters("require_secure_transport"), parameters("REQUIRE_SECURE_TRANSPORT")
    assert changes(samples, a.PARAMETERS, before, after) == []


def test_another_capacity_strategy_takes_a_new_deployment(samples: Samples) -> None:
    service = samples.one(a.SERVICE)
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    with pytest.raises(RefusedError, match="force_new_deployment should be true"):
        samples.aws.diff(service, capacityProviderStrategies=spot)
    forced = samples.aws.diff(service, capacityProviderStrategies=spot, forceNewDeployment=True)
    assert "capacityProviderStrategies" in forced.diffs
    assert not forced.replaces


def test_triggers_count_only_with_a_forced_deployment(samples: Samples) -> None:
    service = samples.one(a.SERVICE)
    assert list(samples.aws.diff(service, triggers={"at": "2"}).diffs) == []
    forced = samples.make(a.SERVICE, forceNewDeployment=True, triggers={"at": "1"})
    assert list(samples.aws.diff(forced, triggers={"at": "2"}).diffs) == ["triggers"]
    assert list(samples.aws.diff(forced, triggers=None).diffs) == []


def test_versioning_cannot_be_taken_back(samples: Samples) -> None:
    bucket = samples.make("aws:s3/bucketVersioning:BucketVersioning")
    with pytest.raises(RefusedError, match="cannot be updated from 'Enabled'"):
        samples.aws.diff(bucket, versioningConfiguration={"status": "Disabled"})
