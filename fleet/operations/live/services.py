"""The ECS services of a cluster, and how the last deployment of each went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from fleet.batches import in_batches

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import ServiceDeploymentTypeDef, ServiceTypeDef

# The most that one call takes, says the API reference.
SERVICES_A_CALL = 10
DEPLOYMENTS_A_CALL = 20

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

SPOT = "FARGATE_SPOT"
# "Viewing Amazon ECS service event messages".
_STEADY = "has reached a steady state"
_NO_TASK = "was unable to place a task"
_NO_CAPACITY = "Capacity is unavailable"

Outcome = Literal["in progress", "completed", "failed", "rolled back"]

_OUTCOMES: Mapping[str, Outcome] = {
    "COMPLETED": "completed",
    "SUCCESSFUL": "completed",
    "FAILED": "failed",
    "STOPPED": "failed",
    "ROLLBACK_FAILED": "failed",
    "ROLLBACK_REQUESTED": "failed",
    "ROLLBACK_IN_PROGRESS": "failed",
    "ROLLBACK_SUCCESSFUL": "rolled back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The last deployment of a service.

    `rolled back`: it failed, and the tasks are again those of the deployment before it.
    `failed_tasks` counts those that did not start or stay, since the deployment began.
    """

    outcome: Outcome
    began: datetime | None
    reason: str | None
    failed_tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """AWS has no capacity for a task of the service; ECS goes on trying, and said so at `told`.

    `spot`: the service asks for Spot capacity, which may be what is short.
    """

    told: datetime | None
    spot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An ECS service; `name` is its site's. Counts are tasks."""

    name: str
    desired: int
    running: int
    pending: int
    target_groups: tuple[str, ...]
    deployment: Deployment | None
    shortage: Shortage | None


def cluster_exists(ecs: ECSClient, cluster: str) -> bool:
    """Whether there is such a cluster; ECS remembers deleted ones as INACTIVE for a while."""
    found = ecs.describe_clusters(clusters=[cluster])["clusters"]
    return any(one.get("status") == "ACTIVE" for one in found)


def read_services(ecs: ECSClient, cluster: str) -> dict[str, Service]:
    """All services of the cluster by name: a call for 100 names, one for 10 services."""
    pages = ecs.get_paginator("list_services").paginate(
        cluster=cluster, PaginationConfig={"PageSize": 100}
    )
    arns = [arn for page in pages for arn in page["serviceArns"]]
    found = [
        service
        for batch in in_batches(arns, SERVICES_A_CALL)
        for service in ecs.describe_services(cluster=cluster, services=batch)["services"]
        # One that was just deleted is DRAINING until its tasks are gone.
        if service.get("status") == "ACTIVE"
    ]
    told = _service_deployments(ecs, found)
    return {service.name: service for service in (_service(one, told) for one in found)}


def _service_deployments(
    ecs: ECSClient, services: list[ServiceTypeDef]
) -> dict[str, ServiceDeploymentTypeDef]:
    """ARN -> the record of each service's deployment.

    Only it still tells of a failure once the circuit breaker has gone back: the service itself
    then shows the deployment that it went back to, as completed.
    """
    arns = [arn for one in services if (arn := one.get("currentServiceDeployment"))]
    return {
        record.get("serviceDeploymentArn", ""): record
        for batch in in_batches(arns, DEPLOYMENTS_A_CALL)
        for record in ecs.describe_service_deployments(serviceDeploymentArns=batch)[
            "serviceDeployments"
        ]
    }


def _service(one: ServiceTypeDef, told: Mapping[str, ServiceDeploymentTypeDef]) -> Service:
    record = told.get(one.get("currentServiceDeployment", ""))
    groups = (balancer.get("targetGroupArn") for balancer in one.get("loadBalancers", []))
    return Service(
        name=one.get("serviceName", ""),
        desired=one.get("desiredCount", 0),
        running=one.get("runningCount", 0),
        pending=one.get("pendingCount", 0),
        target_groups=tuple(group for group in groups if group),
        deployment=_recorded(record) if record else _rollout(one),
        shortage=_shortage(one),
    )


def _shortage(service: ServiceTypeDef) -> Shortage | None:
    """What the service's last events say, newest first; a steady state ends a shortage."""
    for event in service.get("events", []):
        message = event.get("message", "")
        if _STEADY in message:
            return None
        if _NO_TASK in message and _NO_CAPACITY in message:
            asked = service.get("capacityProviderStrategy", [])
            spot = any(one.get("capacityProvider") == SPOT for one in asked)
            return Shortage(told=event.get("createdAt"), spot=spot)
    return None


def _recorded(record: ServiceDeploymentTypeDef) -> Deployment:
    outcome = _OUTCOMES.get(record.get("status", ""), "in progress")
    rollback = record.get("rollback", {}).get("reason")
    breaker = record.get("deploymentCircuitBreaker", {})
    return Deployment(
        outcome=outcome,
        began=record.get("startedAt") or record.get("createdAt"),
        reason=None if outcome == "completed" else rollback or record.get("statusReason"),
        failed_tasks=breaker.get("failureCount", 0),
    )


def _rollout(service: ServiceTypeDef) -> Deployment | None:
    """The newest deployment of the service's own list, which keeps a failed one while it drains."""
    listed = service.get("deployments", [])
    failed = [deployment for deployment in listed if deployment.get("rolloutState") == "FAILED"]
    shown = max(failed or listed, key=lambda one: one.get("createdAt", _LONG_AGO), default=None)
    if shown is None:
        return None
    outcome = _OUTCOMES.get(shown.get("rolloutState", ""), "in progress")
    return Deployment(
        outcome=outcome,
        began=shown.get("createdAt"),
        reason=None if outcome == "completed" else shown.get("rolloutStateReason"),
        failed_tasks=shown.get("failedTasks", 0),
    )
