"""Elastic Load Balancing's own rules, each broken once."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.quotas import RULES_A_LOAD_BALANCER, TARGET_GROUPS_A_LOAD_BALANCER
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import InvalidError, RefusedError
from tests.engine.simulator.samples import Samples

FIXED = {
    "type": "fixed-response",
    "fixedResponse": {"contentType": "text/plain", "statusCode": "503"},
}
POLICY = "aws:s3/bucketPolicy:BucketPolicy"


def hosts(*names: str) -> list[dict[str, Any]]:
    return [{"hostHeader": {"values": list(names)}}]


REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "TLS without certificate": (a.LISTENER, {"certificateArn": None}, "ValidationError"),
    "certificate of another region": (
        a.LISTENER,
        {"certificateArn": a.CERTIFICATE.replace("us-east-1", "eu-west-1")},
        "CertificateNotFound",
    ),
    "six condition values": (
        a.RULE,
        {"conditions": hosts(*(f"{number}.example.com" for number in range(6)))},
        "ValidationError: A rule can only have '5' condition values",
    ),
    "two kinds in a condition": (
        a.RULE,
        {"conditions": [{**hosts("example.com")[0], "pathPattern": {"values": ["/"]}}]},
        "ValidationError: A condition must have exactly one",
    ),
    "health check slower than its interval": (
        a.TARGET_GROUP,
        {"healthCheck": {"interval": 5, "timeout": 6}},
        "ValidationError: Health check timeout",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_elastic_load_balancing_refuses(samples: Samples, case: str) -> None:
    token, arguments, code = REFUSALS[case]
    with pytest.raises(RefusedError, match=code):
        samples.make(token, **arguments)


INVALID: dict[str, tuple[str, dict[str, Any], str]] = {
    "forward to nowhere": (a.RULE, {"actions": [{"type": "forward"}]}, "actions[0]"),
    "type without its block": (
        a.RULE,
        {"actions": [{"type": "redirect"}]},
        "actions[0].redirect",
    ),
    "response without its type": (
        a.LISTENER,
        {"defaultActions": [{"type": "fixed-response", "fixedResponse": {"statusCode": "503"}}]},
        "defaultActions[0].fixedResponse.contentType",
    ),
    "group without a port": (a.TARGET_GROUP, {"port": None}, "port"),
    "odd slow start": (a.TARGET_GROUP, {"slowStart": 10}, "slowStart"),
    "path of a TCP check": (
        a.TARGET_GROUP,
        {"protocol": "TCP", "healthCheck": {"protocol": "TCP", "path": "/"}},
        "healthCheck.path",
    ),
    "TCP check of an HTTP group": (
        a.TARGET_GROUP,
        {"healthCheck": {"protocol": "TCP"}},
        "healthCheck.protocol",
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_the_provider_refuses(samples: Samples, case: str) -> None:
    token, arguments, place = INVALID[case]
    with pytest.raises(InvalidError) as caught:
        samples.make(token, **arguments)
    assert caught.value.places == {place}


def test_a_balancer_needs_two_zones_and_one_subnet_in_each(samples: Samples) -> None:
    first, _ = samples.subnets()
    with pytest.raises(RefusedError, match="two different Availability Zones"):
        samples.make(a.BALANCER, subnets=[first])
    beside = samples.make(a.SUBNET, availabilityZone="us-east-1a").id
    with pytest.raises(RefusedError, match="InvalidConfigurationRequest"):
        samples.make(a.BALANCER, subnets=[*samples.subnets(), beside])


def test_a_public_balancer_needs_an_internet_gateway(samples: Samples) -> None:
    arguments = {"subnets": samples.subnets(), "securityGroups": [samples.id(a.GROUP)]}
    with pytest.raises(RefusedError, match=r"InvalidSubnet: VPC vpc-.* has no internet gateway"):
        samples.aws.create(a.BALANCER, "public", **arguments)
    assert samples.aws.create(a.BALANCER, "inner", internal=True, **arguments)["internal"]


def test_access_logs_need_a_bucket_that_takes_them(samples: Samples) -> None:
    logs = {"bucket": samples.id(a.BUCKET), "enabled": True}
    with pytest.raises(RefusedError, match="Access Denied for bucket"):
        samples.make(a.BALANCER, accessLogs=logs)
    samples.make(POLICY)
    samples.make(a.BALANCER, accessLogs=logs)
    with pytest.raises(RefusedError, match="BucketNotEmpty"):
        samples.aws.delete(samples.one(a.BUCKET))


def test_a_protected_balancer_stays(samples: Samples) -> None:
    balancer = samples.make(a.BALANCER, enableDeletionProtection=True)
    with pytest.raises(RefusedError, match="OperationNotPermitted"):
        samples.aws.delete(balancer)
    samples.aws.delete(samples.aws.update(balancer, enableDeletionProtection=False))


def test_listeners_and_rules_go_with_their_balancer(samples: Samples) -> None:
    rule = samples.one(a.RULE)
    samples.aws.delete(samples.one(a.BALANCER))
    assert samples.aws.read(rule) is None
    assert samples.aws.read(samples.one(a.LISTENER)) is None
    samples.aws.delete(samples.one(a.TARGET_GROUP))


def test_a_group_belongs_to_one_balancer(samples: Samples) -> None:
    group = samples.forwarded_group()
    other = samples.make(a.BALANCER)
    with pytest.raises(RefusedError, match="TargetGroupAssociationLimit"):
        samples.make(
            a.LISTENER,
            loadBalancerArn=other.id,
            defaultActions=[{"type": "forward", "targetGroupArn": group.id}],
        )


def test_a_group_knows_its_balancers_on_refresh(samples: Samples) -> None:
    group = samples.one(a.TARGET_GROUP)
    assert group["loadBalancerArns"] == []
    samples.one(a.RULE)
    read = samples.aws.read(group)
    assert read is not None
    assert read["loadBalancerArns"] == [samples.id(a.BALANCER)]


def test_so_many_rules_a_balancer(samples: Samples) -> None:
    for priority in range(1, RULES_A_LOAD_BALANCER + 1):
        samples.make(a.RULE, priority=priority, actions=[FIXED])
    with pytest.raises(RefusedError, match="TooManyRules"):
        samples.make(a.RULE, priority=50_000, actions=[FIXED])


def test_so_many_target_groups_a_balancer(samples: Samples) -> None:
    def forward(count: int) -> dict[str, Any]:
        groups = [{"arn": samples.make(a.TARGET_GROUP).id} for _ in range(count)]
        return {"type": "forward", "forward": {"targetGroups": groups}}

    for priority in range(1, TARGET_GROUPS_A_LOAD_BALANCER // 5 + 1):
        samples.make(a.RULE, priority=priority, actions=[forward(5)])
    with pytest.raises(RefusedError, match="TooManyUniqueTargetGroupsPerLoadBalancer"):
        samples.make(a.RULE, priority=50_000, actions=[forward(1)])
    samples.make(a.RULE, priority=50_000, actions=[FIXED])


def test_a_rule_without_priority_comes_last(samples: Samples) -> None:
    samples.make(a.RULE, priority=41)
    assert samples.make(a.RULE, priority=None)["priority"] == 42


def test_the_kind_of_a_balancer_is_in_its_arn(samples: Samples) -> None:
    assert ":loadbalancer/app/" in samples.make(a.BALANCER)["arn"]
    assert ":loadbalancer/net/" in samples.make(a.BALANCER, loadBalancerType="network")["arn"]


def test_arns_name_their_parents(samples: Samples) -> None:
    listener, rule = samples.one(a.LISTENER), samples.one(a.RULE)
    suffix = samples.one(a.BALANCER)["arnSuffix"]
    assert f":listener/{suffix}/" in listener["arn"]
    assert f":listener-rule/{suffix}/{listener['arn'].rsplit('/', 1)[1]}/" in rule["arn"]
    assert listener["sslPolicy"] == "ELBSecurityPolicy-2016-08"
