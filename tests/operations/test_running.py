"""States that no emulator produces, from answers that botocore checks against AWS's own model.

Stubber refuses an answer with a member that the API doesn't have, or of another type.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from fleet.operations.live.services import Deployment, read_services
from fleet.operations.live.targets import Targets, read_targets
from fleet.operations.live.tasks import ProviderTasks, StoppedTask, read_running, read_stopped

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
ARN = "arn:aws:ecs:us-east-1:123456789012"


@pytest.fixture
def session() -> boto3.Session:
    return boto3.Session("test", "test", region_name="us-east-1")


def service(**more: Any) -> dict[str, Any]:
    return {"serviceName": "blog", "status": "ACTIVE", **more}


def last_deployment(
    session: boto3.Session, shown: dict[str, Any], *records: dict[str, Any]
) -> Deployment | None:
    ecs = session.client("ecs")
    with Stubber(ecs) as stub:
        stub.add_response("list_services", {"serviceArns": [f"{ARN}:service/c/blog"]})
        stub.add_response("describe_services", {"services": [shown]})
        if records:
            stub.add_response(
                "describe_service_deployments",
                {"serviceDeployments": list(records)},
                {"serviceDeploymentArns": [shown["currentServiceDeployment"]]},
            )
        found = read_services(ecs, "c")
        stub.assert_no_pending_responses()
    return found["blog"].deployment


def test_a_failed_deployment_says_why(session: boto3.Session) -> None:
    reason = "ECS deployment circuit breaker: tasks failed to start."
    shown = service(
        deployments=[
            {"status": "PRIMARY", "rolloutState": "IN_PROGRESS", "createdAt": LATER},
            {
                "status": "ACTIVE",
                "rolloutState": "FAILED",
                "rolloutStateReason": reason,
                "failedTasks": 3,
                "createdAt": NOON,
            },
        ]
    )
    assert last_deployment(session, shown) == Deployment(
        outcome="failed", began=NOON, reason=reason, failed_tasks=3
    )


def test_a_deployment_that_was_rolled_back_is_not_called_completed(session: boto3.Session) -> None:
    arn = f"{ARN}:service-deployment/c/blog/1"
    shown = service(
        currentServiceDeployment=arn,
        deployments=[{"status": "PRIMARY", "rolloutState": "COMPLETED", "createdAt": LATER}],
    )
    record = {
        "serviceDeploymentArn": arn,
        "status": "ROLLBACK_SUCCESSFUL",
        "statusReason": "Service deployment rolled back because the circuit breaker triggered.",
        "createdAt": NOON,
        "deploymentCircuitBreaker": {"status": "TRIGGERED", "failureCount": 3, "threshold": 3},
    }
    assert last_deployment(session, shown, record) == Deployment(
        outcome="rolled back", began=NOON, reason=record["statusReason"], failed_tasks=3
    )


def test_services_are_described_ten_at_a_time(session: boto3.Session) -> None:
    ecs = session.client("ecs")
    names = [f"site-{number}" for number in range(25)]
    with Stubber(ecs) as stub:
        stub.add_response("list_services", {"serviceArns": names[:20], "nextToken": "more"})
        stub.add_response("list_services", {"serviceArns": names[20:]})
        for start in (0, 10, 20):
            batch = names[start : start + 10]
            answer = {"services": [{"serviceName": one, "status": "ACTIVE"} for one in batch]}
            stub.add_response("describe_services", answer, {"cluster": "c", "services": batch})
        assert sorted(read_services(ecs, "c")) == sorted(names)
        stub.assert_no_pending_responses()


def test_a_service_that_is_being_deleted_does_not_count(session: boto3.Session) -> None:
    ecs = session.client("ecs")
    with Stubber(ecs) as stub:
        stub.add_response("list_services", {"serviceArns": ["blog"]})
        stub.add_response("describe_services", {"services": [service() | {"status": "DRAINING"}]})
        assert read_services(ecs, "c") == {}


def test_running_and_pending_tasks_of_both_providers(session: boto3.Session) -> None:
    tasks = [
        {"group": group, "capacityProviderName": provider, "lastStatus": status}
        for group, provider, status in [
            ("service:blog", "FARGATE", "RUNNING"),
            ("service:blog", "FARGATE_SPOT", "RUNNING"),
            ("service:blog", "FARGATE_SPOT", "PROVISIONING"),
            ("service:shop", "FARGATE_SPOT", "PENDING"),
            ("family:by-hand", "FARGATE", "RUNNING"),
        ]
    ]
    ecs = session.client("ecs")
    with Stubber(ecs) as stub:
        stub.add_response("list_tasks", {"taskArns": ["1", "2", "3", "4", "5"]})
        stub.add_response("describe_tasks", {"tasks": tasks})
        assert read_running(ecs, "c") == {
            "blog": (
                ProviderTasks(provider="FARGATE", running=1, pending=0),
                ProviderTasks(provider="FARGATE_SPOT", running=1, pending=1),
            ),
            "shop": (ProviderTasks(provider="FARGATE_SPOT", running=0, pending=1),),
        }


def test_why_tasks_stopped_the_last_one_first(session: boto3.Session) -> None:
    pull = "CannotPullContainerError: manifest unknown"
    tasks = [
        {
            "taskArn": f"{ARN}:task/c/a1",
            "group": "service:blog",
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "stoppedAt": NOON,
            "containers": [{"name": "init", "exitCode": 0}, {"name": "wordpress", "exitCode": 137}],
        },
        {
            "taskArn": f"{ARN}:task/c/b2",
            "group": "service:blog",
            "stopCode": "TaskFailedToStart",
            "stoppedReason": pull,
            "stoppedAt": LATER,
            "containers": [{"name": "init", "reason": pull}],
        },
    ]
    ecs = session.client("ecs")
    with Stubber(ecs) as stub:
        asked = {"cluster": "c", "desiredStatus": "STOPPED"}
        stub.add_response("list_tasks", {"taskArns": ["1", "2"]}, asked)
        stub.add_response("describe_tasks", {"tasks": tasks})
        stopped = read_stopped(ecs, "c")
    assert stopped["blog"] == (
        StoppedTask(id="b2", stopped=LATER, code="TaskFailedToStart", reason=pull, exit_code=None),
        StoppedTask(
            id="a1",
            stopped=NOON,
            code="EssentialContainerExited",
            reason="Essential container in task exited",
            exit_code=137,
        ),
    )


def test_targets_that_are_ill_and_those_that_leave(session: boto3.Session) -> None:
    health = [
        {"State": "healthy"},
        {"State": "unhealthy", "Description": "Health checks failed with these codes: [502]"},
        {"State": "draining"},
    ]
    elbv2 = session.client("elbv2")
    with Stubber(elbv2) as stub, ThreadPoolExecutor(1) as pool:
        stub.add_response(
            "describe_target_health",
            {"TargetHealthDescriptions": [{"TargetHealth": one} for one in health]},
        )
        stub.add_client_error("describe_target_health", "TargetGroupNotFound")
        found = read_targets(elbv2, ["g", "gone"], pool)
    assert found == {
        "g": Targets(
            healthy=1, registered=2, reasons=("Health checks failed with these codes: [502]",)
        ),
        "gone": Targets(healthy=0, registered=0, reasons=()),
    }
