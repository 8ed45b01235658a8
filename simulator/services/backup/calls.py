"""Selections of a plan, which the provider has no list of."""

from __future__ import annotations

from typing import Any

from simulator.calls import answers
from simulator.errors import AwsError
from simulator.services.backup.rules import PLAN, SELECTION
from simulator.world import World


@answers("backup", "ListBackupSelections")
def list_backup_selections(world: World, params: dict[str, Any]) -> dict[str, Any]:
    plan = params["BackupPlanId"]
    if not any(one.id == plan for one in world.resources(PLAN)):
        raise AwsError("ResourceNotFoundException", f"Backup Plan ID {plan} does not exist")
    return {
        "BackupSelectionsList": [
            {
                "BackupPlanId": plan,
                "SelectionId": one.id,
                "SelectionName": one.props["name"],
                "IamRoleArn": one.props["iamRoleArn"],
            }
            for one in world.find(SELECTION, planId=plan)
        ]
    }
