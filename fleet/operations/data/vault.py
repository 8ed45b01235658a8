"""What the vaults of an environment hold, as AWS Backup lists it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import boto3

from fleet.names import cluster_name
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.problem import OperationError

# A day, and the hours by which one night's copy may end later than the one before.
OLD = timedelta(hours=48)
_KINDS: dict[str, Literal["files", "database"]] = {"EFS": "files", "Aurora": "database"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy of one file system or cluster: a recovery point that is whole.

    `of`: the file system's or the cluster's id. `until`: when the vault lets it go; None for never.
    """

    vault: str
    arn: str
    of: str
    kind: Literal["files", "database", "other"]
    time: datetime
    bytes: int
    until: datetime | None


def copies_of(declared: Declared, *, session: boto3.Session | None = None) -> list[Copy]:
    """What is in the vault of each stack of the environment, the latest first.

    Not what was copied on to another region or account. Raises OperationError: no vault, a
    simulated environment, a call that AWS refuses.
    """
    target = declared.target
    if declared.settings.vault is None:
        raise OperationError(
            f"{target.environment} has no vault; docs/vault.md says how it gets one"
        )
    if target.simulated:
        raise OperationError(f"{target.stack} is simulated: nobody copies into its vault")
    # Its types are in no package that is locked.
    backup: Any = (session or open_session(target)).client("backup", config=CONFIG)
    with told_in_words(target):
        found = [
            copy
            for stack in declared.stacks()
            for copy in _copies(backup, cluster_name(stack.environment, stack.cell))
        ]
    return sorted(found, key=lambda each: each.time, reverse=True)


def _copies(backup: Any, vault: str) -> list[Copy]:
    pages = backup.get_paginator("list_recovery_points_by_backup_vault")
    return [
        Copy(
            vault=vault,
            arn=point["RecoveryPointArn"],
            of=point["ResourceArn"].replace("/", ":").rsplit(":", 1)[-1],
            kind=_KINDS.get(point.get("ResourceType", ""), "other"),
            time=point["CreationDate"].astimezone(UTC),
            bytes=point.get("BackupSizeInBytes", 0),
            until=point.get("CalculatedLifecycle", {}).get("DeleteAt"),
        )
        for page in pages.paginate(BackupVaultName=vault)
        for point in page["RecoveryPoints"]
        if point["Status"] == "COMPLETED"
    ]


def by_what(copies: Sequence[Copy]) -> dict[tuple[str, str], list[Copy]]:
    """Those of each thing, by its vault and id, the latest first as they come."""
    found: dict[tuple[str, str], list[Copy]] = defaultdict(list)
    for copy in copies:
        found[copy.vault, copy.of].append(copy)
    return dict(sorted(found.items()))


def old_ones(copies: Sequence[Copy], now: datetime) -> list[str]:
    """What had no copy for `OLD`: a removed site's cluster, too, until its last copy goes."""
    return [of for (_, of), found in by_what(copies).items() if now - found[0].time > OLD]
