"""AWS Backup."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    BACKUP_LOCK,
    BACKUP_PLAN,
    BACKUP_SELECTION,
    FILES,
    ROLE,
    VAULT,
    policy,
)

TRUST = policy(Principal={"Service": "backup.amazonaws.com"}, Action="sts:AssumeRole")

INPUTS: Inputs = {
    VAULT: lambda s: {"name": f"fleet-{s.count}"},
    BACKUP_LOCK: lambda s: {"backupVaultName": s.one(VAULT)["name"], "minRetentionDays": 7},
    BACKUP_PLAN: lambda s: {
        "name": f"fleet-{s.count}",
        "rules": [
            {
                "ruleName": "daily",
                "targetVaultName": s.one(VAULT)["name"],
                "schedule": "cron(30 0 * * ? *)",
                "lifecycle": {"deleteAfter": 35},
            }
        ],
    },
    BACKUP_SELECTION: lambda s: {
        "name": f"files-{s.count}",
        "planId": s.id(BACKUP_PLAN),
        "iamRoleArn": s.make(ROLE, assumeRolePolicy=TRUST)["arn"],
        "resources": [s.one(FILES)["arn"]],
    },
}
