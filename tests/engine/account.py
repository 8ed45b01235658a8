"""Looking around in the simulated account."""

from __future__ import annotations

from typing import Any

from simulator import World
from tests.engine.checkout import Checkout

ACCESS_POINT = "aws:efs/accessPoint:AccessPoint"
CLUSTER = "aws:rds/cluster:Cluster"
DIRECTORY = "simulator:efs/directory:Directory"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
NETWORK = (
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/internetGateway:InternetGateway",
)
RULE = "aws:lb/listenerRule:ListenerRule"
SCALING = "aws:appautoscaling/target:Target"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
SECRET_VALUE = "aws:secretsmanager/secretVersion:SecretVersion"  # noqa: S105 - a type
SERVICE = "aws:ecs/service:Service"
SNAPSHOT = "aws:rds/clusterSnapshot:ClusterSnapshot"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"


def contents(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """Everything in the account, with all properties, by type and key."""
    return {(each.type, each.key): each.props for each in world.resources()}


def types(world: World, *, gone: bool = False) -> set[str]:
    """The types of what is there; with `gone`, of what AWS only remembers."""
    return {each.type for each in world.resources(gone=gone)}


def missing(checkout: Checkout) -> set[str]:
    """URNs of the state's AWS resources that the account doesn't have under their id."""
    there = {(each.type, each.id) for each in checkout.world.resources()}
    return {
        urn
        for urn, row in checkout.resources().items()
        if row["type"].startswith("aws:") and (row["type"], row["id"]) not in there
    }


def twins(world: World) -> set[tuple[str, str]]:
    """Type and logical name of what is in the account more than once."""
    seen: set[tuple[str, str]] = set()
    twice: set[tuple[str, str]] = set()
    for each in world.resources():
        (twice if (each.type, each.name) in seen else seen).add((each.type, each.name))
    return twice


def rule_hosts(world: World, site: str) -> list[str]:
    """The hosts that the listener sends to a site's rules."""
    return sorted(
        host
        for rule in world.resources(RULE)
        if rule.name.startswith(f"{site}-")
        for condition in rule.props["conditions"]
        for host in condition["hostHeader"]["values"]
    )
