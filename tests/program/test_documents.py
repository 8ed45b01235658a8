"""JSON documents that AWS reads: policies by a linter, containers by AWS's own model."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from fleet.quotas import TASK_DEFINITION_BYTES
from simulator.policies import findings
from simulator.rows import row_of
from simulator.values import leaves
from tests.program.recording import Recording


def policies(run: Recording) -> set[tuple[str, str]]:
    """Every policy document of the program and its kind, as the provider's table knows them."""
    return {
        (kind, text)
        for each in run
        if each.type.startswith("aws:")
        for path, kind in row_of(each.type).policies.items()
        for _, text in leaves(dict(each.inputs), path)
    }


def test_every_policy_passes_the_linter(varied: Recording) -> None:
    documents = policies(varied)
    assert {kind for kind, _ in documents} == {"identity", "resource", "trust"}
    assert {text: findings(text, kind) for kind, text in documents if findings(text, kind)} == {}


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:ecs:::x"},
        {"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "a log group"},
    ],
)
def test_a_bad_policy_would_be_found(statement: dict[str, Any]) -> None:
    assert findings(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), "identity")


@pytest.fixture(scope="module")
def container_shape() -> Any:
    service = botocore.session.Session().get_service_model("ecs")
    request = service.operation_model("RegisterTaskDefinition").input_shape
    assert request is not None
    return request.members["containerDefinitions"]


def complaints(definitions: Any, shape: Any) -> str:
    return ParamValidator().validate(definitions, shape).generate_report()


def test_container_definitions_are_what_ecs_takes(varied: Recording, container_shape: Any) -> None:
    for task in varied.of_type("ecs:TaskDefinition"):
        definitions = json.loads(task.inputs["containerDefinitions"])
        assert complaints(definitions, container_shape) == ""
        assert len(task.inputs["containerDefinitions"].encode()) < TASK_DEFINITION_BYTES / 4


def test_a_bad_container_definition_would_be_found(container_shape: Any) -> None:
    assert complaints([{"name": "x", "portMapping": []}], container_shape)
    assert complaints([{"name": "x", "stopTimeout": "120"}], container_shape)


def test_every_container_is_read_only_and_logs(varied: Recording) -> None:
    for task in varied.of_type("ecs:TaskDefinition"):
        volumes = {volume["name"] for volume in task.inputs["volumes"]}
        for container in json.loads(task.inputs["containerDefinitions"]):
            assert container["readonlyRootFilesystem"]
            assert not container["privileged"]
            assert container["logConfiguration"]["logDriver"] == "awslogs"
            assert {mount["sourceVolume"] for mount in container["mountPoints"]} <= volumes
