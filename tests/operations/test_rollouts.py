"""Whether a service's last deployment is done, and which revision serves until then."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from fleet.operations.live.rollouts import SERVICES_A_CALL, serving_revisions

FAMILY = "arn:aws:ecs:us-east-1:123456789012:task-definition/blog"


def deployment(status: str, revision: int, state: str, running: int = 1) -> dict[str, Any]:
    return {
        "status": status,
        "taskDefinition": f"{FAMILY}:{revision}",
        "rolloutState": state,
        "runningCount": running,
    }


CASES: dict[str, tuple[list[dict[str, Any]], str | None]] = {
    "done": ([deployment("PRIMARY", 4, "COMPLETED")], None),
    "done, and the one before still drains": (
        [deployment("PRIMARY", 4, "COMPLETED"), deployment("ACTIVE", 3, "COMPLETED")],
        None,
    ),
    "gone back, and the failed one still drains": (
        [deployment("PRIMARY", 4, "COMPLETED"), deployment("ACTIVE", 5, "FAILED")],
        None,
    ),
    "under way": (
        [deployment("PRIMARY", 4, "IN_PROGRESS"), deployment("ACTIVE", 3, "COMPLETED")],
        f"{FAMILY}:3",
    ),
    "under way, in whatever order": (
        [deployment("ACTIVE", 3, "COMPLETED"), deployment("PRIMARY", 4, "IN_PROGRESS")],
        f"{FAMILY}:3",
    ),
    "of the same revision": (
        [deployment("PRIMARY", 4, "IN_PROGRESS"), deployment("ACTIVE", 4, "COMPLETED")],
        f"{FAMILY}:0",
    ),
    "the first one": ([deployment("PRIMARY", 4, "IN_PROGRESS", 0)], f"{FAMILY}:0"),
    "failed with nothing before": ([deployment("PRIMARY", 4, "FAILED", 0)], f"{FAMILY}:0"),
    "before the first": ([], None),
}


def answering(*answers: list[dict[str, Any]]) -> Any:
    """A client whose calls give these services, one answer after the other."""
    ecs = boto3.client("ecs", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
    stub = Stubber(ecs)
    for services in answers:
        stub.add_response("describe_services", {"services": services})
    stub.activate()
    return ecs


@pytest.mark.parametrize("case", CASES)
def test_what_serves_until_a_deployment_is_done(case: str) -> None:
    deployments, serving = CASES[case]
    service = {"serviceArn": "blog", "taskDefinition": f"{FAMILY}:4", "deployments": deployments}
    found = serving_revisions(answering([service]), "prod", ["blog"])
    assert found == ({} if serving is None else {"blog": serving})


def test_so_many_a_call() -> None:
    names = [f"site-{number}" for number in range(SERVICES_A_CALL + 1)]
    ecs = answering([], [])
    assert serving_revisions(ecs, "prod", names) == {}
