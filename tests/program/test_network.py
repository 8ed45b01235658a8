"""The network that a base makes, and the one that it finds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.program import adopted
from tests.program.difference import difference
from tests.program.fleets import ADOPTED_NETWORK, PLAIN, Programs
from tests.program.recording import Recording


def run(programs: Programs, **settings: Any) -> Recording:
    return programs.run(PLAIN, settings)


@pytest.mark.parametrize(
    ("strategy", "gateways", "public"), [("none", 0, True), ("single", 1, False)]
)
def test_nat_gateways_and_where_tasks_run(
    programs: Programs, strategy: str, gateways: int, public: bool
) -> None:
    recording = run(programs, network={"natGateways": strategy})
    tier = "public" if public else "private"
    network = recording.named("ecs:Service", "blog").inputs["networkConfiguration"]
    subnets = [s for s in recording.of_type("ec2:Subnet") if f"-{tier}-" in s.name]
    assert len(recording.of_type("ec2:NatGateway")) == gateways
    assert len(recording.of_type("ec2:Eip")) == gateways
    assert network["assignPublicIp"] == public
    assert sorted(network["subnets"]) == sorted(subnet.id for subnet in subnets)


def test_a_nat_gateway_per_zone_and_three_zones(programs: Programs) -> None:
    network = {"natGateways": "per-zone", "availabilityZones": 3, "cidr": "10.7.0.0/16"}
    recording = run(programs, network=network)
    assert len(recording.of_type("ec2:NatGateway")) == 3
    assert len(recording.of_type("ec2:Subnet")) == 9
    assert len(recording.of_type("efs:MountTarget")) == 3
    blocks = {vpc.inputs["cidrBlock"] for vpc in recording.of_type("ec2:Vpc")}
    assert blocks == {"10.7.0.0/16"}  # of awsx's component and of the VPC in it


def test_image_layers_come_through_a_free_endpoint(programs: Programs) -> None:
    recording = run(programs, network={})
    (endpoint,) = recording.of_type("ec2:VpcEndpoint")
    assert endpoint.inputs["serviceName"] == "com.amazonaws.us-east-1.s3"
    assert endpoint.inputs["vpcEndpointType"] == "Gateway"
    # In no route table it would stand beside the way that the layers take.
    tables = {table.id for table in recording.of_type("ec2:RouteTable")}
    assert set(endpoint.inputs["routeTableIds"]) == tables


def test_an_existing_network_is_used_and_nothing_made_in_it(programs: Programs) -> None:
    recording = run(programs)
    network = recording.named("ecs:Service", "blog").inputs["networkConfiguration"]
    assert recording.of_type("ec2:Subnet") == recording.of_type("ec2:Vpc") == []
    assert network["subnets"] == ADOPTED_NETWORK["privateSubnetIds"]
    assert not network["assignPublicIp"]
    balancer = recording.named("lb:LoadBalancer", "base-alb")
    assert sorted(balancer.inputs["subnets"]) == ADOPTED_NETWORK["publicSubnetIds"]
    databases = recording.named("rds:SubnetGroup", "base-database")
    assert databases.inputs["subnetIds"] == ADOPTED_NETWORK["isolatedSubnetIds"]
    mounts = {each.name: each.inputs["subnetId"] for each in recording.of_type("efs:MountTarget")}
    assert mounts == {
        "base-files-us-east-1a": adopted.subnet("isolated", 1),
        "base-files-us-east-1b": adopted.subnet("isolated", 2),
    }
    (egress,) = recording.named("ec2:SecurityGroup", "base-alb").inputs["egress"]
    assert egress["cidrBlocks"] == [adopted.CIDR]


def test_the_group_that_a_vpc_is_born_with_admits_nobody(programs: Programs) -> None:
    recording = run(programs, network={})
    (group,) = recording.of_type("ec2:DefaultSecurityGroup")
    (vpc,) = [each for each in recording.of_type("ec2:Vpc") if not each.is_component]
    assert group.inputs["vpcId"] == vpc.id
    assert group.inputs.get("ingress", []) == group.inputs.get("egress", []) == []
    # An existing VPC's may be in use.
    assert run(programs).of_type("ec2:DefaultSecurityGroup") == []


@pytest.mark.parametrize("network", [{}, ADOPTED_NETWORK], ids=["new", "existing"])
def test_with_endpoints_a_task_starts_without_a_way_to_the_internet(
    programs: Programs, network: dict[str, Any]
) -> None:
    recording = run(programs, network={**network, "interfaceEndpoints": True})
    endpoints = [
        each.inputs
        for each in recording.of_type("ec2:VpcEndpoint")
        if each.inputs["vpcEndpointType"] == "Interface"
    ]
    services = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages")
    assert {each["serviceName"] for each in endpoints} == {
        f"com.amazonaws.us-east-1.{service}" for service in services
    }
    group = recording.named("ec2:SecurityGroup", "base-endpoints")
    tasks = recording.named("ec2:SecurityGroup", "base-compute-tasks")
    for each in endpoints:
        assert each["privateDnsEnabled"]
        assert len(each["subnetIds"]) == 2
        assert each["securityGroupIds"] == [group.id]
    (rule,) = group.inputs["ingress"]
    assert (rule["fromPort"], rule["securityGroups"]) == (443, [tasks.id])


def in_order(*numbers: int) -> dict[str, Any]:
    """The adopted network with these subnets of each tier."""
    subnets = {
        f"{tier}SubnetIds": [adopted.subnet(tier, number) for number in numbers]
        for tier in adopted.TIERS
    }
    return {**ADOPTED_NETWORK, **subnets}


def test_another_order_of_an_existing_networks_subnets_changes_nothing_of_files_and_load_balancer(
    programs: Programs,
) -> None:
    found = difference(run(programs), run(programs, network=in_order(2, 1)))
    assert (found.added, found.removed) == (set(), set())
    assert not [path for path in found.changed if path.startswith(("efs:", "lb:"))]


def test_two_subnets_of_one_zone_have_one_mount_target_and_one_place_of_the_load_balancer(
    programs: Programs,
) -> None:
    """EFS answers MountTargetConflict to a second target of a zone; the third is in the first's."""
    recording = run(programs, network=in_order(3, 2, 1))
    mounts = {each.name: each.inputs["subnetId"] for each in recording.of_type("efs:MountTarget")}
    assert mounts == {
        "base-files-us-east-1a": adopted.subnet("isolated", 1),
        "base-files-us-east-1b": adopted.subnet("isolated", 2),
    }
    balancer = recording.named("lb:LoadBalancer", "base-alb")
    assert set(balancer.inputs["subnets"]) == {adopted.subnet("public", n) for n in (1, 2)}
    databases = recording.named("rds:SubnetGroup", "base-database")
    assert len(databases.inputs["subnetIds"]) == 3


def test_without_private_subnets_tasks_run_in_the_public_ones(programs: Programs) -> None:
    network = {k: v for k, v in ADOPTED_NETWORK.items() if k != "privateSubnetIds"}
    tasks = run(programs, network=network).named("ecs:Service", "blog").inputs
    assert tasks["networkConfiguration"]["subnets"] == ADOPTED_NETWORK["publicSubnetIds"]
    assert tasks["networkConfiguration"]["assignPublicIp"]


def test_without_isolated_subnets_data_lies_in_the_private_ones(programs: Programs) -> None:
    network = {k: v for k, v in ADOPTED_NETWORK.items() if k != "isolatedSubnetIds"}
    databases = run(programs, network=network).named("rds:SubnetGroup", "base-database")
    assert databases.inputs["subnetIds"] == ADOPTED_NETWORK["privateSubnetIds"]


@pytest.mark.parametrize(("protect", "gateways"), [(True, 2), (False, 1)])
def test_what_is_to_last_outlasts_the_loss_of_a_zone(
    programs: Programs, protect: bool, gateways: int
) -> None:
    recording = run(programs, network={}, protectData=protect)
    assert len(recording.of_type("ec2:NatGateway")) == gateways
