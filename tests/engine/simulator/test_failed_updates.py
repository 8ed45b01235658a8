"""A failed update is in the state all the same, as the bridge has it; the account says else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator import World, happenings
from simulator.calls import simulated_session
from simulator.faults import Faults
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import Caller, Made, RefusedError
from tests.engine.simulator.samples import Samples

SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
GOOD, BAD = "wordpress", "wordpress:broken"
BREAKER = {"enable": True, "rollback": True}


@pytest.fixture
def service(samples: Samples) -> Made:
    """One that the provider waits for."""
    return samples.make(
        a.SERVICE,
        waitForSteadyState=True,
        forceNewDeployment=True,
        deploymentCircuitBreaker=BREAKER,
    )


def revision(samples: Samples, image: str) -> str:
    """Another task definition of the sample's family."""
    container = {**json.loads(samples.inputs(a.TASK)["containerDefinitions"])[0], "image": image}
    return samples.make(a.TASK, containerDefinitions=json.dumps([container]))["arn"]


def failing(aws: Caller, made: Made, /, **changes: Any) -> Made:
    """What the engine keeps of an update that fails: the old inputs beside what was meant."""
    with pytest.raises(RefusedError) as refusal:
        aws.update(made, **changes)
    assert refusal.value.left is not None
    return Made(made.token, made.name, made.id, made.inputs, refusal.value.left)


def described(world: World, service: Made) -> Any:
    ecs = simulated_session(world, "us-east-1").client("ecs")
    answer = ecs.describe_services(cluster=service["cluster"], services=[service["name"]])
    return answer["services"][0]


def test_a_refused_modification_is_forgotten_unless_it_is_read_again(samples: Samples) -> None:
    aws, database = samples.aws, samples.make(a.DATABASE)
    fault = {"operation": "update", "fail": "InvalidDBClusterStateFault: not available"}
    aws.provider.faults = Faults(aws.world, json.dumps(fault))
    scaling = {"minCapacity": 1, "maxCapacity": 8}
    left = failing(aws, database, serverlessv2ScalingConfiguration=scaling)
    assert left["serverlessv2ScalingConfiguration"]["maxCapacity"] == 8
    aws.provider.faults = Faults(aws.world, "")
    assert list(aws.diff(left, serverlessv2ScalingConfiguration=scaling).diffs) == []
    again = aws.update(left, serverlessv2ScalingConfiguration=scaling)
    read = aws.read(again)
    assert read is not None
    assert read["serverlessv2ScalingConfiguration"]["maxCapacity"] == 4
    changes = aws.diff(read, serverlessv2ScalingConfiguration=scaling)
    assert list(changes.diffs) == ["serverlessv2ScalingConfiguration"]


def test_the_circuit_breaker_goes_back_to_the_revision_of_before(
    samples: Samples, service: Made
) -> None:
    aws = samples.aws
    happenings.break_image(aws.world, BAD)
    broken = revision(samples, BAD)
    left = failing(aws, service, taskDefinition=broken)
    assert left["taskDefinition"] == broken
    read = aws.read(left)
    assert read is not None
    assert read["taskDefinition"] == service["taskDefinition"]
    shown = described(aws.world, service)
    assert [one["rolloutState"] for one in shown["deployments"]] == ["COMPLETED"]
    ecs = simulated_session(aws.world, "us-east-1").client("ecs")
    arns = [shown["currentServiceDeployment"]]
    (record,) = ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"]
    assert record["status"] == "ROLLBACK_SUCCESSFUL"
    assert aws.update(read, taskDefinition=revision(samples, GOOD))


def test_a_first_deployment_has_nothing_to_go_back_to(samples: Samples) -> None:
    happenings.break_image(samples.aws.world, BAD)
    arguments = {"waitForSteadyState": True, "deploymentCircuitBreaker": BREAKER}
    with pytest.raises(RefusedError, match="tasks failed to start") as refusal:
        samples.make(a.SERVICE, taskDefinition=revision(samples, BAD), **arguments)
    assert refusal.value.left is not None
    (service,) = samples.aws.world.resources(a.SERVICE)
    inputs = {"cluster": service.props["cluster"], "name": service.props["name"]}
    shown = described(samples.aws.world, Made(a.SERVICE, "", "", {}, inputs))
    assert [one["rolloutState"] for one in shown["deployments"]] == ["FAILED"]
    assert shown["runningCount"] == 0


def test_a_shortage_lets_the_wait_run_out_and_the_deployment_go_on(
    samples: Samples, service: Made
) -> None:
    aws = samples.aws
    happenings.shortage(aws.world)
    good = revision(samples, GOOD)
    left = failing(aws, service, taskDefinition=good, capacityProviderStrategies=SPOT)
    read = aws.read(left)
    assert read is not None
    assert read["taskDefinition"] == good
    shown = described(aws.world, service)
    assert [(one["status"], one["taskDefinition"]) for one in shown["deployments"]] == [
        ("PRIMARY", good),
        ("ACTIVE", service["taskDefinition"]),
    ]
    assert [one["runningCount"] for one in shown["deployments"]] == [0, 2]
    assert "unable to place a task" in shown["events"][0]["message"]
    happenings.end_shortage(aws.world)
    shown = described(aws.world, service)
    assert [one["rolloutState"] for one in shown["deployments"]] == ["COMPLETED"]
    assert shown["events"] == []


def test_nobody_waits_where_the_program_does_not(samples: Samples) -> None:
    happenings.shortage(samples.aws.world)
    samples.make(a.SERVICE, capacityProviderStrategies=SPOT)


def test_a_shortage_of_another_provider_holds_nothing_up(samples: Samples, service: Made) -> None:
    happenings.shortage(samples.aws.world)
    samples.aws.update(service, taskDefinition=revision(samples, GOOD))


def test_a_service_in_the_middle_of_its_deployment_is_stopped_first(
    samples: Samples, service: Made
) -> None:
    happenings.shortage(samples.aws.world)
    failing(samples.aws, service, capacityProviderStrategies=SPOT)
    with pytest.raises(RefusedError, match="cannot be stopped while deployments are active"):
        samples.aws.delete(service)
    Caller(samples.aws.world, patience=5).delete(service)
    assert samples.aws.world.resources(a.SERVICE) == []
