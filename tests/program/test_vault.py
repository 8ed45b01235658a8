"""What goes into the vault of AWS Backup, for how long, and as whom."""

from __future__ import annotations

import json
from typing import Any

from simulator.outputs import ACCOUNT
from tests.program.access import Account, Request
from tests.program.fleets import PLAIN, Programs, site
from tests.program.recording import Recording

SITES = {**PLAIN, "shop": site("shop", database={"placement": "shared"})}
SHARED = {"sharedDatabase": {"minAcu": 0.5, "maxAcu": 4}}
AWAY = "arn:aws:backup:eu-central-1:210987654321:backup-vault:fleets"
COMPLIANCE = {
    "mode": "compliance",
    "leastDays": 30,
    "mostDays": 365,
    "coolingDays": 14,
    "forGood": True,
}


def run(programs: Programs, vault: dict[str, Any], **more: Any) -> Recording:
    return programs.run(SITES, {"vault": {"keepDays": 35, **vault}, **SHARED, **more})


def rule(recording: Recording) -> dict[str, Any]:
    (plan,) = recording.of_type("backup:Plan")
    (found,) = plan.inputs["rules"]
    return found


def test_nothing_without_the_setting_and_efs_copies_by_itself(programs: Programs) -> None:
    recording = programs.run(PLAIN)
    for kind in ("Vault", "Plan", "Selection", "VaultLockConfiguration"):
        assert list(recording.of_type(f"backup:{kind}")) == []
    (policy,) = recording.of_type("efs:BackupPolicy")
    assert policy.inputs["backupPolicy"] == {"status": "ENABLED"}


def test_files_and_each_cluster_are_selected_once_by_their_arns(programs: Programs) -> None:
    recording = run(programs, {})
    selected = [
        arn for each in recording.of_type("backup:Selection") for arn in each.inputs["resources"]
    ]
    (files,) = recording.of_type("efs:FileSystem")
    clusters = [each.state["arn"] for each in recording.of_type("rds:Cluster")]
    assert sorted(selected) == sorted([files.state["arn"], *clusters])
    assert len(clusters) == 2  # blog's own and the shared one
    (policy,) = recording.of_type("efs:BackupPolicy")
    assert policy.inputs["backupPolicy"] == {"status": "DISABLED"}


def test_copies_stay_their_days_and_no_lock_but_the_one_that_is_asked_for(
    programs: Programs,
) -> None:
    recording = run(programs, {})
    assert rule(recording)["lifecycle"] == {"deleteAfter": 35}
    assert rule(recording)["copyActions"] == []
    assert list(recording.of_type("backup:VaultLockConfiguration")) == []
    (vault,) = recording.of_type("backup:Vault")
    assert vault.protect
    assert not vault.inputs["forceDestroy"]


def test_a_lock_of_governance_has_no_date_from_which_it_is_for_good(programs: Programs) -> None:
    (lock,) = run(programs, {"lock": {"mode": "governance"}}).of_type(
        "backup:VaultLockConfiguration"
    )
    assert lock.inputs["minRetentionDays"] == 35
    assert "changeableForDays" not in lock.inputs


def test_one_of_compliance_is_as_it_was_said(programs: Programs) -> None:
    (lock,) = run(programs, {"lock": COMPLIANCE}).of_type("backup:VaultLockConfiguration")
    days = [lock.inputs[f"{name}Days"] for name in ("minRetention", "maxRetention")]
    assert [*days, lock.inputs["changeableForDays"]] == [30, 365, 14]


def test_a_second_region_has_a_vault_with_the_same_lock(programs: Programs) -> None:
    recording = run(programs, {"lock": {}, "copyTo": {"region": "eu-central-1"}})
    away = recording.named("backup:Vault", "base-vault-copy")
    assert away.inputs["region"] == "eu-central-1"
    (copy,) = rule(recording)["copyActions"]
    assert copy["destinationVaultArn"] == away.state["arn"]
    assert copy["lifecycle"] == {"deleteAfter": 35}
    locks = recording.of_type("backup:VaultLockConfiguration")
    assert {each.inputs.get("region") for each in locks} == {None, "eu-central-1"}


def test_a_vault_of_another_account_is_only_named(programs: Programs) -> None:
    recording = run(programs, {"copyTo": {"vaultArn": AWAY}})
    (copy,) = rule(recording)["copyActions"]
    assert copy["destinationVaultArn"] == AWAY
    assert len(list(recording.of_type("backup:Vault"))) == 1


def test_aws_backup_alone_copies_and_of_this_stack_alone(programs: Programs) -> None:
    recording = run(programs, {"copyTo": {"vaultArn": AWAY}})
    account = Account(recording)
    (role,) = (each for each in account.roles if "-vault-" in each)

    def taken(service: str, **context: str) -> bool:
        request = Request(("Service", service), "sts:AssumeRole", role, context)
        return account.allows(request)

    assert taken("backup.amazonaws.com", **{"aws:SourceAccount": ACCOUNT})
    assert not taken("backup.amazonaws.com", **{"aws:SourceAccount": "999999999999"})
    assert not taken("ec2.amazonaws.com", **{"aws:SourceAccount": ACCOUNT})

    def may(action: str, resource: str) -> bool:
        return account.allows(Request(("AWS", role), action, resource))

    for cluster in recording.of_type("rds:Cluster"):
        assert may("rds:CreateDBClusterSnapshot", cluster.state["arn"])
    place = f"arn:aws:rds:us-east-1:{ACCOUNT}"
    assert not may("rds:CreateDBClusterSnapshot", f"{place}:cluster:others-database-12345678")
    assert not may("rds:DeleteDBClusterSnapshot", f"{place}:cluster-snapshot:blog-final-1")
    assert not may("rds:DeleteDBCluster", f"{place}:cluster:blog")
    (files,) = recording.of_type("efs:FileSystem")
    assert may("elasticfilesystem:Backup", files.state["arn"])
    assert not may("elasticfilesystem:DeleteFileSystem", files.state["arn"])
    assert may("backup:CopyIntoBackupVault", AWAY)


def test_a_task_of_a_site_reaches_no_vault(programs: Programs) -> None:
    recording = run(programs, {})
    (vault,) = recording.of_type("backup:Vault")
    for policy in recording.of_type("iam:RolePolicy"):
        if policy.name != "base-vault":
            assert "backup:" not in json.dumps(policy.inputs["policy"])
            assert vault.state["arn"] not in policy.inputs["policy"]
