"""Which events are told of, by a service that knows EventBridge's patterns."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from components.base.failures import failed_copies, failed_tasks

CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/wordpress-prod"
FAILED: dict[str, Any] = {
    "clusterArn": CLUSTER,
    "lastStatus": "STOPPED",
    "group": "scheduled:job-report",
    "stopCode": "EssentialContainerExited",
    # As in AWS's example; one that was told to do nothing has ended well.
    "containers": [{"name": "init", "exitCode": 0}, {"name": "wordpress", "exitCode": 1}],
}


def exited(status: int) -> dict[str, Any]:
    return {"containers": [{"name": "init", "exitCode": 0}, {"exitCode": status}]}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, True),
        (exited(143), True),
        ({"stopCode": "TaskFailedToStart", "containers": [{"name": "wordpress"}]}, True),
        (exited(0), False),
        (exited(75), False),
        # A night, or a drill, that found another at work until it gave up.
        (exited(75) | {"group": "scheduled:backup"}, True),
        (exited(75) | {"group": "scheduled:drill"}, True),
        (exited(0) | {"group": "scheduled:backup"}, False),
        (exited(75) | {"group": "scheduled:job-backup"}, False),
        ({"lastStatus": "RUNNING"}, False),
        ({"group": "one-off:run"}, False),
        ({"group": "service:blog"}, False),
        ({"clusterArn": f"{CLUSTER}-east"}, False),
    ],
    ids=str,
)
def test_who_hears_of_a_task(aws: boto3.Session, change: dict[str, Any], told: bool) -> None:
    event = {
        "resources": [f"{CLUSTER.replace(':cluster/', ':task/')}/1"],
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "detail": {**FAILED, **change},
    }
    assert hears(aws, failed_tasks(CLUSTER), event) is told


def hears(aws: boto3.Session, pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    whole = {
        "id": "1",
        "version": "0",
        "account": "123456789012",
        "region": "us-east-1",
        "time": "2026-11-29T12:00:00Z",
        **event,
    }
    answer = aws.client("events").test_event_pattern(
        EventPattern=json.dumps(pattern), Event=json.dumps(whole)
    )
    return answer["Result"]


AWAY = "arn:aws:backup:eu-central-1:210987654321:backup-vault:fleets"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, True),
        ({"state": "PARTIAL"}, True),
        ({"state": "COMPLETED"}, False),
        ({"state": "RUNNING"}, False),
        ({"destinationBackupVaultArn": f"{AWAY}-of-others"}, False),
    ],
    ids=str,
)
def test_who_hears_of_a_copy(aws: boto3.Session, change: dict[str, Any], told: bool) -> None:
    event = {
        "resources": ["arn:aws:rds:us-east-1:123456789012:cluster-snapshot:awsbackup:copyjob-1"],
        "source": "aws.backup",
        "detail-type": "Copy Job State Change",
        "detail": {"state": "FAILED", "destinationBackupVaultArn": AWAY, **change},
    }
    assert hears(aws, failed_copies([AWAY]), event) is told
