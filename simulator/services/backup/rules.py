"""AWS Backup: what a vault lets in and lets go, and as whom a plan copies."""

from __future__ import annotations

import json
from typing import Any

from simulator.errors import AwsError
from simulator.outputs import managed_key
from simulator.rules import Call, Rules, rules_for

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"
ROLE = "aws:iam/role:Role"
# Not a resource of the provider's: a copy that a plan made.
RECOVERY_POINT = "simulator:backup/recoveryPoint:RecoveryPoint"

SELECTIONS_A_PLAN = 100  # "AWS Backup quotas"
_SERVICE = "backup.amazonaws.com"


@rules_for(VAULT)
class Vault(Rules):
    """A place for copies."""

    def compute(self, call: Call) -> None:
        """Without a key of one's own AWS's."""
        call.props.setdefault("kmsKeyArn", managed_key(call.region, "backup"))

    def delete(self, call: Call) -> None:
        """Only an empty one goes; the provider empties it first where it was told to."""
        held = list(call.world.find(RECOVERY_POINT, backupVaultName=call.props["name"]))
        if held and not call.props.get("forceDestroy"):
            raise AwsError(
                "InvalidRequestException",
                f"Backup vault cannot be deleted because it contains recovery points: "
                f"{call.props['name']}",
            )
        for point in held:
            call.world.remove(RECOVERY_POINT, point.key)


@rules_for(LOCK)
class Lock(Rules):
    """For how long copies have to stay, and may."""

    def create(self, call: Call) -> None:
        """A least and a most that leave something between them."""
        least, most = call.props.get("minRetentionDays"), call.props.get("maxRetentionDays")
        if least is not None and most is not None and least > most:
            raise AwsError(
                "InvalidParameterValueException",
                "Max retention days cannot be less than min retention days",
            )


@rules_for(PLAN)
class Plan(Rules):
    """When what is copied, and how long copies stay."""

    def create(self, call: Call) -> None:
        """What a lock would refuse at each run is refused by each run, so that nothing comes."""
        for rule in call.props["rules"]:
            _check_days(call, rule["targetVaultName"], rule.get("lifecycle") or {})
            if rule["completionWindow"] < rule["startWindow"] + 60:
                raise AwsError(
                    "InvalidParameterValueException",
                    "Completion window must be at least 60 minutes longer than the start window",
                )

    update = create


def _check_days(call: Call, vault: str, lifecycle: dict[str, Any]) -> None:
    for lock in call.world.find(LOCK, backupVaultName=vault):
        days = lifecycle.get("deleteAfter", float("inf"))
        least = lock.props.get("minRetentionDays") or 0
        most = lock.props.get("maxRetentionDays") or float("inf")
        if not least <= days <= most:
            raise AwsError(
                "InvalidParameterValueException",
                f"Retention period of {days} days is outside the range of the lock of vault "
                f"{vault}: {least} to {most}",
            )


@rules_for(SELECTION)
class Selection(Rules):
    """What a plan is for, and as whom AWS Backup copies it."""

    def create(self, call: Call) -> None:
        """Something, so many a plan, by a role that AWS Backup may take."""
        props = call.props
        if not (props.get("resources") or props.get("selectionTags")):
            raise AwsError(
                "InvalidParameterValueException",
                "Invalid backup selection. Either 'ListOfTags' or 'Resources' section must be "
                "non-empty.",
            )
        if len(list(call.world.find(SELECTION, planId=props["planId"]))) >= SELECTIONS_A_PLAN:
            raise AwsError("LimitExceededException", "Too many selections of one backup plan")
        roles = call.world.find(ROLE, arn=props["iamRoleArn"])
        if not any(_trusts(role.props["assumeRolePolicy"]) for role in roles):
            raise AwsError(
                "InvalidParameterValueException",
                f"IAM Role {props['iamRoleArn']} cannot be assumed by AWS Backup",
            )


def _trusts(document: str) -> bool:
    return any(
        _SERVICE in json.dumps(statement.get("Principal", {}))
        for statement in json.loads(document)["Statement"]
    )
