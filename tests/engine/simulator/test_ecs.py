"""ECS's own rules, each broken once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.simulator import names as a
from tests.engine.simulator.caller import Caller, InvalidError, RefusedError
from tests.engine.simulator.names import WEB
from tests.engine.simulator.samples import Samples

SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]


def containers(*changed: dict[str, Any]) -> dict[str, Any]:
    """Arguments with container definitions over the sample's."""
    return {"containerDefinitions": json.dumps([{**WEB, **change} for change in changed])}


def volume(**efs: Any) -> dict[str, Any]:
    return {"volumes": [{"name": "content", "efsVolumeConfiguration": efs}]}


POINT = {"accessPointId": "fsap-1", "iam": "ENABLED"}
LOGGED = {"logConfiguration": {"logDriver": "awslogs"}}
SECRET = {"name": "PASSWORD", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"}
WAITS = {"dependsOn": [{"containerName": "init", "condition": "SUCCESS"}]}
TASK_REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "impossible pair": ({"cpu": "512", "memory": "8192"}, "No Fargate configuration exists"),
    "no size": ({"cpu": None}, "'cpu' and 'memory' be defined"),
    "network of the host": ({"networkMode": "host"}, "only supports network mode"),
    "containers over the task's CPU": (containers({"cpu": 1024}), "exceed the task's"),
    "container over the task's memory": (containers({"memory": 2048}), "must not exceed"),
    "logs without a role": (
        {"executionRoleArn": None, **containers(LOGGED)},
        "to have execution role ARN",
    ),
    "secrets without a role": (
        {"executionRoleArn": None, **containers({"secrets": [SECRET]})},
        "to have execution role ARN",
    ),
    "mount of no volume": (
        containers({"mountPoints": [{"sourceVolume": "content", "containerPath": "/c"}]}),
        "Unknown volume 'content'",
    ),
    "access point in clear": (
        volume(fileSystemId="fs-1", authorizationConfig=POINT),
        "transit encryption must be enabled",
    ),
    "access point and a directory": (
        volume(
            fileSystemId="fs-1",
            authorizationConfig=POINT,
            transitEncryption="ENABLED",
            rootDirectory="/blog",
        ),
        "root directory must be omitted",
    ),
    "two containers of a name": (containers({}, {}), "Container names must be unique"),
    "nothing essential": (containers({"essential": False}), "must be essential"),
    "waiting for nobody": (containers(WAITS), "Invalid container dependency"),
    "waiting for each other": (
        containers(
            WAITS,
            {"name": "init", "dependsOn": [{"containerName": "web", "condition": "START"}]},
        ),
        "Invalid container dependency",
    ),
    "secret and variable of a name": (
        containers({"secrets": [SECRET], "environment": [{"name": "PASSWORD", "value": ""}]}),
        "The secret name must be unique",
    ),
    "too large": (
        containers({"environment": [{"name": "X", "value": "x" * 65_536}]}),
        "Task definition too large",
    ),
}


@pytest.mark.parametrize("case", TASK_REFUSALS)
def test_register_task_definition_refuses(samples: Samples, case: str) -> None:
    arguments, words = TASK_REFUSALS[case]
    with pytest.raises(RefusedError, match="ClientException") as caught:
        samples.make(a.TASK, **arguments)
    assert words in str(caught.value)


INVALID = {
    "no list": ("{}", "not a list"),
    "no JSON": ("[", "is invalid"),
    "empty list": ("[]", "not a list"),
    "empty container": ("[{}]", "invalid container definition supplied at index (0)"),
    "no image": ('[{"name": "web"}]', "has no image"),
    "unknown field": ('[{"name": "w", "image": "i", "colour": 1}]', "Unknown parameter"),
    "wrong type": ('[{"name": "w", "image": "i", "cpu": "512"}]', "Invalid type for parameter"),
    "missing field": (
        '[{"name": "w", "image": "i", "logConfiguration": {}}]',
        'Missing required parameter in containerDefinitions[0].logConfiguration: "logDriver"',
    ),
    "wrong word": (
        '[{"name": "w", "image": "i", "dependsOn": [{"containerName": "x", "condition": "UP"}]}]',
        "is not a ContainerCondition",
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_container_definitions_follow_the_model_of_the_api(samples: Samples, case: str) -> None:
    text, words = INVALID[case]
    with pytest.raises(InvalidError) as caught:
        samples.make(a.TASK, containerDefinitions=text)
    assert words in str(caught.value)
    assert caught.value.places == {"containerDefinitions"}


FARGATE = {"capacityProvider": "FARGATE", "weight": 1}
SERVICE_REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown cluster": ({"cluster": "other"}, "ClusterNotFoundException"),
    "unknown task definition": ({"taskDefinition": "web:9"}, "ClientException: TaskDefinition"),
    "grace without balancer": (
        {"loadBalancers": None, "healthCheckGracePeriodSeconds": 60},
        "InvalidParameterException: Health check grace period is only valid",
    ),
    "no network": ({"networkConfiguration": None}, "Network Configuration must be provided"),
    "exec without a task role": (
        {"enableExecuteCommand": True},
        "InvalidParameterException: .* a valid taskRoleArn is not being used",
    ),
    "launch type and strategy": ({"launchType": "FARGATE"}, "Specifying both a launch type"),
    "foreign capacity": (
        {"capacityProviderStrategies": [{"capacityProvider": "EC2_POOL", "weight": 1}]},
        "InvalidParameterException: .* not associated with the cluster",
    ),
    "no weight": (
        {"capacityProviderStrategies": [{"capacityProvider": "FARGATE"}]},
        "weight greater than zero",
    ),
    "two bases": (
        {"capacityProviderStrategies": [{**SPOT[0], "base": 1}, {**FARGATE, "base": 1}]},
        "Only one capacity provider may have a base",
    ),
}


@pytest.mark.parametrize("case", SERVICE_REFUSALS)
def test_create_service_refuses(samples: Samples, case: str) -> None:
    arguments, words = SERVICE_REFUSALS[case]
    with pytest.raises(RefusedError, match=words):
        samples.make(a.SERVICE, **arguments)


BALANCER_REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown container": ({"containerName": "db"}, "The container db does not exist"),
    "unknown port": ({"containerPort": 80}, "did not have a container port 80"),
}


@pytest.mark.parametrize("case", BALANCER_REFUSALS)
def test_what_is_balanced_is_a_port_of_a_container(samples: Samples, case: str) -> None:
    arguments, words = BALANCER_REFUSALS[case]
    (balancer,) = samples.inputs(a.SERVICE)["loadBalancers"]
    with pytest.raises(RefusedError, match=words):
        samples.make(a.SERVICE, loadBalancers=[{**balancer, **arguments}])


def test_a_target_group_has_a_listener_before_its_service_comes(samples: Samples) -> None:
    (balancer,) = samples.inputs(a.SERVICE)["loadBalancers"]
    loose = {**balancer, "targetGroupArn": samples.make(a.TARGET_GROUP).id}
    words = "InvalidParameterException: .* does not have an associated load balancer"
    with pytest.raises(RefusedError, match=words):
        samples.make(a.SERVICE, loadBalancers=[loose])


def test_a_service_of_a_name_is_there_once(samples: Samples) -> None:
    samples.make(a.SERVICE, name="blog")
    with pytest.raises(RefusedError, match="Creation of service was not idempotent"):
        samples.make(a.SERVICE, name="blog")


def test_targets_of_tasks_are_addresses(samples: Samples) -> None:
    group = samples.make(a.TARGET_GROUP, targetType="instance")
    samples.make(a.RULE, actions=[{"type": "forward", "targetGroupArn": group.id}])
    balancer = {"targetGroupArn": group.id, "containerName": "web", "containerPort": 8080}
    with pytest.raises(RefusedError, match="has target type instance"):
        samples.make(a.SERVICE, loadBalancers=[balancer])


def test_the_provider_waits_for_the_listener(samples: Samples) -> None:
    inputs = samples.inputs(a.SERVICE)
    group = samples.make(a.TARGET_GROUP)
    inputs["loadBalancers"][0]["targetGroupArn"] = group.id
    row = Caller(samples.aws.world, patience=0.2)
    with pytest.raises(RefusedError, match="does not have an associated load balancer"):
        row.create(a.SERVICE, "blog", **inputs)
    samples.make(a.RULE, actions=[{"type": "forward", "targetGroupArn": group.id}])
    row.create(a.SERVICE, "blog", **inputs)


def test_revisions_count_on_and_deregistered_ones_are_inactive(samples: Samples) -> None:
    first = samples.make(a.TASK)
    assert (first.id, first["revision"]) == ("web", 1)
    samples.aws.delete(first)
    assert samples.make(a.TASK)["arn"].endswith(":task-definition/web:2")
    assert [old.key for old in samples.aws.world.resources(a.TASK, gone=True)] == [first["arn"]]
    with pytest.raises(RefusedError, match="The specified task definition is inactive"):
        samples.make(a.SERVICE, taskDefinition=first["arn"])


def test_two_revisions_of_one_family_are_two_things(samples: Samples) -> None:
    first, second = samples.make(a.TASK), samples.make(a.TASK)
    samples.aws.delete(first)
    assert samples.aws.read(first) is None
    assert samples.aws.read(second) is not None


def test_skip_destroy_keeps_a_revision(samples: Samples) -> None:
    task = samples.make(a.TASK, skipDestroy=True)
    samples.aws.delete(task)
    assert samples.aws.read(task) is not None


def test_a_cluster_with_services_stays(samples: Samples) -> None:
    service = samples.one(a.SERVICE)
    with pytest.raises(RefusedError, match="ClusterContainsServicesException"):
        samples.aws.delete(samples.one(a.CLUSTER))
    samples.aws.delete(service)
    samples.aws.delete(samples.one(a.CLUSTER))


def test_a_capacity_provider_in_use_stays(samples: Samples) -> None:
    samples.one(a.SERVICE)
    providers = samples.one(a.PROVIDERS)
    with pytest.raises(RefusedError, match="ResourceInUseException"):
        samples.aws.update(providers, capacityProviders=["FARGATE_SPOT"])
    with pytest.raises(RefusedError, match="ResourceInUseException"):
        samples.aws.delete(providers)


def test_capacity_providers_exist_and_a_strategy_is_made_of_them(samples: Samples) -> None:
    with pytest.raises(RefusedError, match="'POOL' was not found"):
        samples.make(a.PROVIDERS, capacityProviders=["POOL"])
    with pytest.raises(RefusedError, match="not associated with the cluster"):
        samples.make(
            a.PROVIDERS, capacityProviders=["FARGATE"], defaultCapacityProviderStrategies=SPOT
        )


def test_an_update_leaves_the_desired_count_where_it_is(samples: Samples) -> None:
    service = samples.one(a.SERVICE)
    samples.aws.world.update(a.SERVICE, service.id, desiredCount=5)
    task = samples.make(a.TASK)
    updated = samples.aws.update(service, taskDefinition=task["arn"])
    assert updated["desiredCount"] == 5
    assert updated.inputs["desiredCount"] == 2
    assert samples.aws.update(updated, desiredCount=3)["desiredCount"] == 3


def test_a_refresh_sees_the_desired_count(samples: Samples) -> None:
    service = samples.one(a.SERVICE)
    samples.aws.world.update(a.SERVICE, service.id, desiredCount=5)
    read = samples.aws.read(service)
    assert read is not None
    assert (read["desiredCount"], read.inputs["desiredCount"]) == (5, 5)
    assert {**read.inputs, "desiredCount": 2} == service.inputs
