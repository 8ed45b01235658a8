"""What must exist, what must be unique, and what can't go while something names it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.rows import row_of, tokens
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import RefusedError
from tests.engine.simulator.samples import Samples

NOWHERE = "nowhere"
ROLE_ARN = "arn:aws:iam::123456789012:role/nowhere"
TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:nowhere"
PORTS = {"protocol": "tcp", "fromPort": 443, "toPort": 443}
FORWARD = {"type": "forward", "forward": {"targetGroups": [{"arn": NOWHERE}]}}

# Arguments that name something that isn't there, where the sample has no such block.
MISSING: dict[tuple[str, str], dict[str, Any]] = {
    (a.GROUP, "ingress.securityGroups"): {"ingress": [{**PORTS, "securityGroups": [NOWHERE]}]},
    (a.GROUP, "egress.securityGroups"): {"egress": [{**PORTS, "securityGroups": [NOWHERE]}]},
    (a.BALANCER, "accessLogs.bucket"): {"accessLogs": {"bucket": NOWHERE, "enabled": True}},
    (a.BALANCER, "subnets"): {"subnets": [NOWHERE]},
    (a.LISTENER, "defaultActions.targetGroupArn"): {
        "defaultActions": [{"type": "forward", "targetGroupArn": NOWHERE}]
    },
    (a.LISTENER, "defaultActions.forward.targetGroups.arn"): {"defaultActions": [FORWARD]},
    (a.RULE, "actions.targetGroupArn"): {
        "actions": [{"type": "forward", "targetGroupArn": NOWHERE}]
    },
    (a.RULE, "actions.forward.targetGroups.arn"): {"actions": [FORWARD]},
    (a.SERVICE, "networkConfiguration.subnets"): {"networkConfiguration": {"subnets": [NOWHERE]}},
    (a.SERVICE, "networkConfiguration.securityGroups"): {
        "networkConfiguration": {"subnets": [], "securityGroups": [NOWHERE]}
    },
    (a.SERVICE, "loadBalancers.targetGroupArn"): {
        "loadBalancers": [
            {"targetGroupArn": NOWHERE, "containerName": "web", "containerPort": 8080}
        ]
    },
    (a.TASK, "executionRoleArn"): {"executionRoleArn": ROLE_ARN},
    (a.TASK, "taskRoleArn"): {"taskRoleArn": ROLE_ARN},
    (a.MAIL_EVENTS, "eventDestination.snsDestination.topicArn"): {
        "eventDestination": {
            "matchingEventTypes": ["BOUNCE"],
            "snsDestination": {"topicArn": TOPIC_ARN},
        }
    },
    (a.TOPIC_POLICY, "arn"): {"arn": TOPIC_ARN},
    (a.SUBSCRIPTION, "topic"): {"topic": TOPIC_ARN},
    (a.ROUTE, "natGatewayId"): {"gatewayId": None, "natGatewayId": NOWHERE},
}
LISTS = ("securityGroups", "subnetIds", "vpcSecurityGroupIds", "routeTableIds", "securityGroupIds")
REFERENCES = [(token, path) for token in tokens() for path in row_of(token).references]


def code_of(error: str) -> str:
    """The table's error up to the first placeholder."""
    return error.split("{", 1)[0]


def placed(block: Any, path: list[str], value: Any) -> Any:
    """The block with the value at the path, in each item of a list."""
    if not path:
        return value
    if isinstance(block, list):
        return [placed(item, path, value) for item in block]
    name, *rest = path
    return {**block, name: placed(block[name], rest, value)}


@pytest.mark.parametrize(("token", "path"), REFERENCES)
def test_what_is_named_must_exist(samples: Samples, token: str, path: str) -> None:
    arguments = MISSING.get((token, path))
    if arguments is None:
        name, *rest = path.split(".")
        value = [NOWHERE] if path in LISTS else NOWHERE
        arguments = {name: placed(samples.inputs(token)[name], rest, value) if rest else value}
    with pytest.raises(RefusedError) as caught:
        samples.make(token, **arguments)
    assert code_of(row_of(token).references[path].error) in str(caught.value)


# Something that names another: type, arguments over the sample's, and what can't go meanwhile.
def holders(samples: Samples) -> dict[str, tuple[str, dict[str, Any], str]]:
    admitting = {"ingress": [{**PORTS, "securityGroups": [samples.id(a.GROUP)]}]}
    forward = {"actions": [{"type": "forward", "targetGroupArn": samples.id(a.TARGET_GROUP)}]}
    return {
        "subnet in a VPC": (a.SUBNET, {}, a.VPC),
        "table in a VPC": (a.ROUTE_TABLE, {}, a.VPC),
        "gateway of a VPC": (a.GATEWAY, {}, a.VPC),
        "group of a VPC": (a.GROUP, {}, a.VPC),
        "endpoint of a VPC": ("aws:ec2/vpcEndpoint:VpcEndpoint", {}, a.VPC),
        "address of a NAT gateway": ("aws:ec2/natGateway:NatGateway", {}, a.EIP),
        "NAT gateway in a subnet": ("aws:ec2/natGateway:NatGateway", {}, a.SUBNET),
        "balancer in a subnet": (a.BALANCER, {}, a.SUBNET),
        "mount target in a subnet": (a.MOUNT, {}, a.SUBNET),
        "group of a balancer": (a.BALANCER, {}, a.GROUP),
        "group of a mount target": (a.MOUNT, {"securityGroups": [samples.id(a.GROUP)]}, a.GROUP),
        "group that another admits": (a.GROUP, admitting, a.GROUP),
        "group of a service": (a.SERVICE, {}, a.GROUP),
        "group of a database": (a.DATABASE, {}, a.GROUP),
        "group in a rule": (a.RULE, forward, a.TARGET_GROUP),
        "mount target of a file system": (a.MOUNT, {}, a.FILES),
        "policy of a role": (a.ROLE_POLICY, {}, a.ROLE),
        "subnet group of a database": (a.DATABASE, {}, a.SUBNET_GROUP),
        "instance of a database": (a.INSTANCE, {}, a.DATABASE),
        "parameters of a database": (
            a.DATABASE,
            {"dbClusterParameterGroupName": samples.one(a.PARAMETERS)["name"]},
            a.PARAMETERS,
        ),
    }


HOLDERS = {
    "subnet in a VPC": "DependencyViolation",
    "table in a VPC": "DependencyViolation",
    "gateway of a VPC": "DependencyViolation",
    "group of a VPC": "DependencyViolation",
    "endpoint of a VPC": "DependencyViolation",
    "address of a NAT gateway": "InvalidIPAddress.InUse",
    "NAT gateway in a subnet": "DependencyViolation",
    "balancer in a subnet": "DependencyViolation",
    "mount target in a subnet": "DependencyViolation",
    "group of a balancer": "DependencyViolation",
    "group of a mount target": "DependencyViolation",
    "group that another admits": "DependencyViolation",
    "group of a service": "DependencyViolation",
    "group of a database": "DependencyViolation",
    "group in a rule": "ResourceInUse",
    "mount target of a file system": "FileSystemInUse",
    "policy of a role": "DeleteConflict",
    "subnet group of a database": "InvalidDBSubnetGroupStateFault",
    "instance of a database": "InvalidDBClusterStateFault",
    "parameters of a database": "InvalidDBParameterGroupStateFault",
}


@pytest.mark.parametrize("case", HOLDERS)
def test_what_is_in_use_does_not_go(samples: Samples, case: str) -> None:
    token, arguments, target = holders(samples)[case]
    holder = samples.make(token, **arguments)
    held = samples.one(target)
    with pytest.raises(RefusedError, match=HOLDERS[case]):
        samples.aws.delete(held)
    samples.aws.delete(holder)


def test_the_holder_gone_the_held_may_go(samples: Samples) -> None:
    mount = samples.one(a.MOUNT)
    samples.aws.delete(mount)
    samples.aws.delete(samples.one(a.FILES))


def test_a_group_that_admits_itself_may_go(samples: Samples) -> None:
    group = samples.make(a.GROUP, ingress=[{**PORTS, "self": True}])
    group = samples.aws.update(group, ingress=[{**PORTS, "securityGroups": [group.id]}])
    samples.aws.delete(group)


TWINS = {
    # what two can't have in common: type, arguments, AWS's code
    "name of a target group": (a.TARGET_GROUP, {"name": "blog"}, "DuplicateTargetGroupName"),
    "name of a balancer": (a.BALANCER, {"name": "fleet"}, "DuplicateLoadBalancerName"),
    "port of a balancer": (a.LISTENER, {"port": 80}, "DuplicateListener"),
    "priority of a listener": (a.RULE, {"priority": 7}, "PriorityInUse"),
    "name of a role": (a.ROLE, {"name": "blog"}, "EntityAlreadyExists"),
    "name of a group in a VPC": (a.GROUP, {"name": "blog"}, "InvalidGroup.Duplicate"),
    "identifier of a database": (
        a.DATABASE,
        {"clusterIdentifier": "blog"},
        "DBClusterAlreadyExistsFault",
    ),
    "identifier of an instance": (a.INSTANCE, {"identifier": "blog"}, "DBInstanceAlreadyExists"),
    "name of a subnet group": (a.SUBNET_GROUP, {"name": "blog"}, "DBSubnetGroupAlreadyExists"),
    "name of a parameter group": (a.PARAMETERS, {"name": "blog"}, "DBParameterGroupAlreadyExists"),
    "name of a bucket": (a.BUCKET, {"bucket": "blog"}, "BucketAlreadyOwnedByYou"),
    "name of a secret": (a.SECRET, {"name": "blog"}, "ResourceExistsException"),
    "name of a log group": (a.LOG_GROUP, {"name": "blog"}, "ResourceAlreadyExistsException"),
    "name of a repository": (a.REPOSITORY, {"name": "blog"}, "RepositoryAlreadyExistsException"),
    "token of a file system": (a.FILES, {"creationToken": "blog"}, "FileSystemAlreadyExists"),
    "gateway of a VPC": (a.GATEWAY, {}, "Resource.AlreadyAssociated"),
    "address of a NAT gateway": (
        "aws:ec2/natGateway:NatGateway",
        {},
        "Resource.AlreadyAssociated",
    ),
    "table of a subnet": (
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {},
        "Resource.AlreadyAssociated",
    ),
    "destination of a table": (a.ROUTE, {}, "RouteAlreadyExists"),
}


@pytest.mark.parametrize("case", TWINS)
def test_no_two_have_it_in_common(samples: Samples, case: str) -> None:
    token, arguments, code = TWINS[case]
    samples.make(token, **arguments)
    with pytest.raises(RefusedError, match=code):
        samples.make(token, **arguments)
    assert len(samples.aws.world.resources(token)) == 1


def test_a_name_is_free_again_once_its_bearer_is_gone(samples: Samples) -> None:
    samples.aws.delete(samples.make(a.ROLE, name="blog"))
    samples.make(a.ROLE, name="blog")


def test_an_update_cannot_take_what_another_has(samples: Samples) -> None:
    samples.make(a.RULE, priority=7)
    other = samples.make(a.RULE, priority=8)
    with pytest.raises(RefusedError, match="PriorityInUse"):
        samples.aws.update(other, priority=7)
    assert samples.aws.update(other, priority=9)["priority"] == 9


PUTS = [token for token in tokens() if row_of(token).upsert]


@pytest.mark.parametrize("token", PUTS)
def test_what_is_put_overwrites(samples: Samples, token: str) -> None:
    first = samples.make(token)
    given = {name: value for name, value in first.inputs.items() if not name.startswith("__")}
    again = samples.aws.create(token, "again", **given)
    assert again.id == first.id
    assert len(samples.aws.world.resources(token)) == 1
