"""What EventBridge tells of: tasks of the clock, and copies of the vault's copies, that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.base.compute import Compute
from components.base.context import BaseContext
from components.base.vault import Vault
from fleet.site.backup import DRILL_SCHEDULE, SCHEDULE
from fleet.site.own_task import SCHEDULED_GROUP

# Of fleet-task: another of its kind is at work, so it did not begin.
NOT_BEGUN = 75


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """One kind: EventBridge's pattern of it, and the mail, with the event's parts by their path."""

    name: str
    description: str
    pattern: pulumi.Output[dict[str, Any]]
    paths: Mapping[str, str]
    words: str


def failures(context: BaseContext) -> Iterator[Failure]:
    """Those that a stack may have."""
    yield Failure(
        name="failed-tasks",
        description="Tasks that the clock started and that failed",
        pattern=context.part(Compute).cluster_arn.apply(failed_tasks),
        paths={
            "kind": "$.detail.group",
            "definition": "$.detail.taskDefinitionArn",
            "task": "$.detail.taskArn",
            "why": "$.detail.stoppedReason",
        },
        words="<kind> of <definition> failed: <why>. "
        f"fleet runs --env {context.settings.environment} SITE has its log. Task <task>",
    )
    copied_to = context.part(Vault).copied_to
    if copied_to:
        yield Failure(
            name="failed-copies",
            description="Copies that did not come from the vault into another one",
            pattern=pulumi.Output.all(*copied_to).apply(failed_copies),
            paths={"of": "$.detail.resourceArn", "to": "$.detail.destinationBackupVaultArn"},
            words="A copy of <of> to <to> failed; AWS Backup, Jobs, Copy jobs has the reason",
        )


def failed_tasks(cluster_arn: str) -> dict[str, Any]:
    """EventBridge's pattern: tasks of the clock that ended with another status, or never began.

    Not a job that found its last run at work; a night that did has no backup. None that a person
    started, who sees how it ends.
    """
    clocks: dict[str, Any] = {"group": [{"prefix": SCHEDULED_GROUP}]}
    nights: dict[str, Any] = {
        "group": [f"{SCHEDULED_GROUP}{name}" for name in (SCHEDULE, DRILL_SCHEDULE)]
    }
    return {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [cluster_arn],
            "lastStatus": ["STOPPED"],
            "$or": [
                clocks | {"containers": {"exitCode": [{"anything-but": [0, NOT_BEGUN]}]}},
                clocks | {"stopCode": ["TaskFailedToStart"]},
                nights | {"containers": {"exitCode": [NOT_BEGUN]}},
            ],
        },
    }


def failed_copies(vault_arns: Sequence[str]) -> dict[str, Any]:
    """EventBridge's pattern: copies to such vaults that ended without all of it there."""
    return {
        "source": ["aws.backup"],
        "detail-type": ["Copy Job State Change"],
        "detail": {"destinationBackupVaultArn": [*vault_arns], "state": ["FAILED", "PARTIAL"]},
    }
