"""What AWS Backup refuses where a fleet would meet it, each once."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.services.backup import rules
from simulator.services.backup.rules import RECOVERY_POINT
from simulator.world import Resource
from tests.engine.simulator import names as a
from tests.engine.simulator.caller import RefusedError
from tests.engine.simulator.samples import Samples


def copy_in(vault: str) -> Resource:
    return Resource(RECOVERY_POINT, vault, vault, vault, {"backupVaultName": vault})


def daily(samples: Samples, **more: Any) -> dict[str, Any]:
    (rule,) = samples.inputs(a.BACKUP_PLAN)["rules"]
    return {"rules": [{**rule, **more}]}


def test_a_vault_that_holds_copies_stays_unless_they_may_go_along(samples: Samples) -> None:
    for force in (False, True):
        vault = samples.make(a.VAULT, forceDestroy=force)
        with samples.aws.world.change():
            samples.aws.world.write(copy_in(vault["name"]))
        if force:
            samples.aws.delete(vault)
        else:
            with pytest.raises(RefusedError, match="it contains recovery points"):
                samples.aws.delete(vault)
    assert len(samples.aws.world.resources(RECOVERY_POINT)) == 1


def test_a_lock_leaves_days_between_its_two(samples: Samples) -> None:
    with pytest.raises(RefusedError, match="Max retention days cannot be less"):
        samples.make(a.BACKUP_LOCK, minRetentionDays=30, maxRetentionDays=7)


def test_a_plan_s_copies_fit_the_lock_and_its_hours_each_other(samples: Samples) -> None:
    samples.make(a.BACKUP_LOCK, minRetentionDays=30, maxRetentionDays=40)
    for days in (29, 41):
        with pytest.raises(RefusedError, match="outside the range of the lock"):
            samples.make(a.BACKUP_PLAN, **daily(samples, lifecycle={"deleteAfter": days}))
    with pytest.raises(RefusedError, match="at least 60 minutes longer"):
        samples.make(a.BACKUP_PLAN, **daily(samples, startWindow=120, completionWindow=150))
    with pytest.raises(RefusedError, match="target backup vault does not exist"):
        samples.make(a.BACKUP_PLAN, **daily(samples, targetVaultName="elsewhere"))


def test_a_selection_selects_something_once_by_a_role_of_its_own(
    samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RefusedError, match="must be non-empty"):
        samples.make(a.BACKUP_SELECTION, resources=[])
    with pytest.raises(RefusedError, match="cannot be assumed by AWS Backup"):
        samples.make(a.BACKUP_SELECTION, iamRoleArn=samples.make(a.ROLE)["arn"])
    samples.make(a.BACKUP_SELECTION, name="files")
    with pytest.raises(RefusedError, match="AlreadyExistsException"):
        samples.make(a.BACKUP_SELECTION, name="files")
    with pytest.raises(RefusedError, match="selections must be deleted prior"):
        samples.aws.delete(samples.one(a.BACKUP_PLAN))
    monkeypatch.setattr(rules, "SELECTIONS_A_PLAN", 1)
    with pytest.raises(RefusedError, match="LimitExceededException"):
        samples.make(a.BACKUP_SELECTION, name="database")
