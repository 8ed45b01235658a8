"""EC2's own rules, each broken once."""

from __future__ import annotations

from threading import Timer
from typing import Any

import pytest

from tests.engine.simulator import names as a
from tests.engine.simulator.caller import Caller, InvalidError, RefusedError
from tests.engine.simulator.samples import Samples

NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "too small a VPC": (a.VPC, {"cidrBlock": "10.0.0.0/29"}, "InvalidVpc.Range"),
    "names without DNS": (
        a.VPC,
        {"enableDnsHostnames": True, "enableDnsSupport": False},
        "InvalidParameterCombination",
    ),
    "subnet outside its VPC": (a.SUBNET, {"cidrBlock": "10.9.0.0/24"}, "InvalidSubnet.Range"),
    "subnet over another": (a.SUBNET, {"cidrBlock": "10.0.0.128/25"}, "InvalidSubnet.Conflict"),
    "zone of another region": (
        a.SUBNET,
        {"availabilityZone": "eu-west-1a"},
        "InvalidParameterValue",
    ),
    "public NAT without address": (NAT, {"allocationId": None}, "MissingParameter"),
    "unknown service": (
        ENDPOINT,
        {"serviceName": "com.amazonaws.us-east-1.s4"},
        "InvalidServiceName",
    ),
    "service of another region": (
        ENDPOINT,
        {"serviceName": "com.amazonaws.eu-west-1.s3"},
        "InvalidServiceName",
    ),
    "too many rules": (
        a.GROUP,
        {
            "ingress": [
                {
                    "protocol": "tcp",
                    "fromPort": 443,
                    "toPort": 443,
                    "cidrBlocks": [f"10.0.{number}.0/24" for number in range(61)],
                }
            ]
        },
        "RulesPerSecurityGroupLimitExceeded",
    ),
    "reserved tag": (a.VPC, {"tags": {"aws:name": "x"}}, "InvalidParameterValue"),
    "too long a tag": (a.VPC, {"tags": {"Site": "x" * 257}}, "InvalidParameterValue"),
    "too many tags": (a.VPC, {"tags": {f"t{n}": "" for n in range(51)}}, "TagLimitExceeded"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_ec2_refuses(samples: Samples, case: str) -> None:
    token, arguments, code = REFUSALS[case]
    samples.subnets()
    with pytest.raises(RefusedError, match=code):
        samples.make(token, **arguments)


def test_the_provider_refuses_ports_with_all_protocols(samples: Samples) -> None:
    rule = {"protocol": "-1", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.0.0.0/16"]}
    with pytest.raises(InvalidError, match="must both be 0"):
        samples.make(a.GROUP, ingress=[rule])


def test_the_provider_refuses_an_address_of_a_private_nat(samples: Samples) -> None:
    with pytest.raises(InvalidError, match="not supported with connectivity_type = private"):
        samples.make(NAT, connectivityType="private")


@pytest.mark.parametrize("user", [NAT, a.BALANCER])
def test_a_gateway_stays_while_something_has_a_public_address(samples: Samples, user: str) -> None:
    gateway = samples.one(a.GATEWAY)
    public = samples.make(user)
    with pytest.raises(RefusedError, match=r"DependencyViolation.*mapped public address"):
        samples.aws.delete(gateway)
    samples.aws.delete(public)
    samples.aws.delete(gateway)


def test_the_provider_waits_until_what_holds_a_thing_is_gone(samples: Samples) -> None:
    group = samples.one(a.GROUP)
    mount = samples.make(a.MOUNT, securityGroups=[group.id])
    patient = Caller(samples.aws.world, patience=30)
    meanwhile = Timer(0.2, samples.aws.delete, [mount])
    meanwhile.start()
    patient.delete(group)
    meanwhile.join()
    assert samples.aws.read(group) is None


def test_addresses_follow_from_what_they_stand_on(samples: Samples) -> None:
    subnet = samples.make(a.SUBNET, availabilityZone="us-east-1c")
    assert subnet["availabilityZoneId"] == "use1-az3"
    nat = samples.make(NAT)
    assert nat["publicIp"] == samples.one(a.EIP)["publicIp"]
    assert nat["vpcId"] == samples.id(a.VPC)
    assert nat["privateIp"].startswith("10.0.101.")
    route = samples.one(a.ROUTE)
    assert route.id == f"r-{samples.id(a.ROUTE_TABLE)}1080289494"
