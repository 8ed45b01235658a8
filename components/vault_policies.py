"""What AWS Backup may do for a stack, as plain dictionaries like those of `components.policies`."""

from __future__ import annotations

from components.policies import Policy, policy


def backup_trust(account: str) -> Policy:
    """Lets AWS Backup assume a role, for this account where it says for whom."""
    return policy(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "backup.amazonaws.com"},
            "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": account}},
        }
    )


def backups(*, file_system_arn: str, clusters: str, vault_arns: list[str], copies: bool) -> Policy:
    """Copies of one file system and of the clusters whose identifiers look so, into these vaults.

    A part of AWS's AWSBackupServiceRolePolicyForBackup, which takes everything of an account, and
    the way back of files into the same file system.
    """
    _, partition, _, region, account, _ = file_system_arn.split(":")
    own_clusters = f"arn:{partition}:rds:{region}:{account}:cluster:{clusters}"
    snapshots = f"arn:{partition}:rds:{region}:{account}:cluster-snapshot:awsbackup:*"
    points = f"arn:{partition}:backup:{region}:{account}:recovery-point:*"
    keys = f"arn:{partition}:kms:*:{account}:key/*"
    by_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    files = ["Backup", "DescribeTags", "Restore"]
    made = ["CreateDBClusterSnapshot", "AddTagsToResource", "ListTagsForResource"]
    kept = ["DeleteDBClusterSnapshot", "ModifyDBClusterSnapshotAttribute", "CopyDBClusterSnapshot"]
    listed = ["DescribeDBClusters", "DescribeDBClusterSnapshots"]
    statements = [
        _allow([f"elasticfilesystem:{each}" for each in files], [file_system_arn]),
        _allow([f"rds:{each}" for each in (*made, *listed)], [own_clusters, snapshots]),
        _allow([f"rds:{each}" for each in kept], [snapshots]),
        _allow(["tag:GetResources"], ["*"]),  # it knows no resources
        _allow(["backup:DescribeBackupVault", "backup:CopyIntoBackupVault"], vault_arns),
        # The key of what is copied, which the services use and AWS Backup only hands on.
        _allow(["kms:DescribeKey"], [keys]),
        _allow(["kms:CreateGrant"], [keys], Condition=by_services),
    ]
    if copies:
        statements.append(_allow(["backup:CopyFromBackupVault"], [points, snapshots, *vault_arns]))
    return policy(*statements)


def _allow(actions: list[str], resources: list[str], **rest: object) -> Policy:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **rest}
