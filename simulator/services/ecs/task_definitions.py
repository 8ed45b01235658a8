"""ECS: task definitions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fleet.quotas import FARGATE_MEMORY, TASK_DEFINITION_BYTES
from simulator.errors import AwsError
from simulator.rules import Call, Rules, rules_for
from simulator.services.ecs import containers
from simulator.world import World

# Of a container on Fargate: "The max stop timeout value is 120 seconds".
STOP_TIMEOUT_SECONDS = 120
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"


def containers_of(props: dict[str, Any]) -> list[dict[str, Any]]:
    """The container definitions of a task definition."""
    return json.loads(props["containerDefinitions"])


def family_of(arn: str) -> str:
    """The family that a task definition's ARN names."""
    return arn.rsplit("/", 1)[-1].rsplit(":", 1)[0]


def known_definition(world: World, arn: str) -> dict[str, Any] | None:
    """Its properties. ECS runs a revision that is deregistered, too, once a service has it."""
    found = world.get(TASK_DEFINITION, arn) or world.get(TASK_DEFINITION, arn, gone=True)
    return found.props if found else None


@rules_for(TASK_DEFINITION)
class TaskDefinition(Rules):
    """A revision of a family."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """Container definitions as ECS's API has them."""
        text = inputs.get("containerDefinitions")
        if isinstance(text, str):
            for reason in containers.problems(text):
                yield "containerDefinitions", reason

    def canonical(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Container definitions compare without what makes no difference."""
        text = inputs.get("containerDefinitions")
        if isinstance(text, str):
            awsvpc = inputs.get("networkMode") == "awsvpc"
            inputs["containerDefinitions"] = containers.canonical(text, awsvpc=awsvpc)
        return inputs

    def compute(self, call: Call) -> None:
        """One more than the family's last revision, deregistered ones among them."""
        call.props["revision"] = call.world.count(f"revision of {call.props['family']}")

    def create(self, call: Call) -> None:
        """What RegisterTaskDefinition refuses."""
        definitions = containers_of(call.props)
        if len(call.props["containerDefinitions"].encode()) > TASK_DEFINITION_BYTES:
            raise AwsError("ClientException", "Task definition too large")
        if "FARGATE" in (call.props.get("requiresCompatibilities") or []):
            _check_fargate(call.props, definitions)
            _check_fargate_containers(definitions)
        _check_volumes(call.props, definitions)
        _check_containers(definitions)

    def delete(self, call: Call) -> None:
        """Deregistered, a revision is still known; with skipDestroy it isn't even that."""
        found = call.world.get(TASK_DEFINITION, call.key)
        if call.props.get("skipDestroy"):
            call.keeps = True
        elif found is not None:
            call.world.write(replace(found, gone=True))


def _check_fargate(props: dict[str, Any], definitions: list[dict[str, Any]]) -> None:
    if props.get("networkMode") != "awsvpc":
        raise AwsError("ClientException", "Fargate only supports network mode 'awsvpc'.")
    cpu, memory = str(props.get("cpu") or ""), str(props.get("memory") or "")
    if not cpu.isdigit() or not memory.isdigit():
        raise AwsError(
            "ClientException",
            "Fargate requires that 'cpu' and 'memory' be defined at the task level.",
        )
    if int(memory) not in FARGATE_MEMORY.get(int(cpu), ()):
        raise AwsError(
            "ClientException",
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory.",
        )
    if sum(int(entry.get("cpu") or 0) for entry in definitions) > int(cpu):
        raise AwsError("ClientException", "The containers' CPU units exceed the task's.")
    if any(int(entry.get("memory") or 0) > int(memory) for entry in definitions):
        raise AwsError(
            "ClientException",
            "Invalid setting for container. The 'memory' must not exceed the task's memory.",
        )
    drivers = {(entry.get("logConfiguration") or {}).get("logDriver") for entry in definitions}
    secrets = any(entry.get("secrets") for entry in definitions)
    if not props.get("executionRoleArn") and ("awslogs" in drivers or secrets):
        raise AwsError(
            "ClientException",
            "Fargate requires task definition to have execution role ARN to support log driver "
            "awslogs and secrets.",
        )


def _check_fargate_containers(definitions: list[dict[str, Any]]) -> None:
    if any(int(entry.get("stopTimeout") or 0) > STOP_TIMEOUT_SECONDS for entry in definitions):
        raise AwsError(
            "ClientException",
            f"Invalid stopTimeout: on Fargate it is at most {STOP_TIMEOUT_SECONDS} seconds.",
        )
    if any(entry.get("privileged") for entry in definitions):
        raise AwsError("ClientException", "Fargate does not support privileged containers.")


def _check_volumes(props: dict[str, Any], definitions: list[dict[str, Any]]) -> None:
    volumes = {volume["name"]: volume for volume in props.get("volumes") or []}
    for entry in definitions:
        for mount in entry.get("mountPoints") or []:
            if mount.get("sourceVolume") not in volumes:
                raise AwsError("ClientException", f"Unknown volume '{mount.get('sourceVolume')}'.")
    for name, volume in volumes.items():
        efs = volume.get("efsVolumeConfiguration") or {}
        authorization = efs.get("authorizationConfig") or {}
        if not authorization.get("accessPointId") and authorization.get("iam") != "ENABLED":
            continue
        if efs.get("transitEncryption") != "ENABLED":
            raise AwsError(
                "ClientException",
                f"Invalid EFS volume '{name}': transit encryption must be enabled for an access "
                "point or IAM authorization.",
            )
        if authorization.get("accessPointId") and efs.get("rootDirectory", "/") != "/":
            raise AwsError(
                "ClientException",
                f"Invalid EFS volume '{name}': the root directory must be omitted or '/' with an "
                "access point.",
            )


def _check_containers(definitions: list[dict[str, Any]]) -> None:
    names = [entry["name"] for entry in definitions]
    if len(set(names)) < len(names):
        raise AwsError("ClientException", "Container names must be unique in a task definition.")
    if not any(entry.get("essential", True) for entry in definitions):
        raise AwsError(
            "ClientException",
            "Invalid setting for container. At least one container must be essential.",
        )
    waits = {
        entry["name"]: {item["containerName"] for item in entry.get("dependsOn") or []}
        for entry in definitions
    }
    if any(other not in waits for others in waits.values() for other in others) or _cycle(waits):
        raise AwsError(
            "ClientException", "Invalid container dependency: unknown container or a cycle."
        )
    for entry in definitions:
        variables = {item["name"] for item in entry.get("environment") or []}
        secrets = [item["name"] for item in entry.get("secrets") or []]
        clash = variables.intersection(secrets) | {x for x in secrets if secrets.count(x) > 1}
        if clash:
            raise AwsError(
                "ClientException",
                "The secret name must be unique and not shared with any new or existing "
                f"environment variables set on the container, such as '{sorted(clash)[0]}'.",
            )


def _cycle(waits: dict[str, set[str]]) -> bool:
    remaining = dict(waits)
    while remaining:
        ready = [name for name, others in remaining.items() if not others & remaining.keys()]
        if not ready:
            return True
        for name in ready:
            del remaining[name]
    return False
