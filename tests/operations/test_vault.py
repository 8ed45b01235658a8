"""`fleet backups --vault` against an account on loopback, whose vault stays empty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.cli.views.vault import print_vault
from fleet.operations.data.vault import Copy, copies_of, old_ones
from fleet.operations.declared import Declared, read_declared
from fleet.operations.problem import OperationError

FILES = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0a1b2c3d4e5f60718"
CLUSTER = "arn:aws:rds:us-east-1:123456789012:cluster:blog-database-1b2c3d4e"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def vaulted(project: Path, prod: Declared) -> Declared:
    settings = project / "Pulumi.prod.yaml"
    settings.write_text(f"{settings.read_text()}\n  wordpress-fleet:vault: {{keepDays: 35}}\n")
    sites = project / "sites.yaml"
    sites.write_text(sites.read_text().replace(", cell: east", ""))
    return read_declared(prod.target)


def test_without_the_setting_there_is_none(prod: Declared) -> None:
    with pytest.raises(OperationError, match="prod has no vault"):
        copies_of(prod)


def test_an_account_is_asked_for_the_vault_of_the_stack(
    aws: boto3.Session, vaulted: Declared, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OperationError, match="ListRecoveryPointsByBackupVault: ResourceNotFound"):
        copies_of(vaulted, session=aws)
    aws.client("backup").create_backup_vault(BackupVaultName="wordpress-prod")
    assert copies_of(vaulted, session=aws) == []
    monkeypatch.chdir(project)
    done = CliRunner().invoke(app, ["backups", "--env", "prod", "--vault"])
    assert done.exit_code == 1
    assert "nothing in the vault so far" in done.stderr


def point(arn: str, kind: str, hours: int, status: str = "COMPLETED") -> dict[str, object]:
    return {
        "RecoveryPointArn": f"arn:aws:backup:us-east-1:123456789012:recovery-point:{hours}",
        "ResourceArn": arn,
        "ResourceType": kind,
        "CreationDate": NOW - timedelta(hours=hours),
        "Status": status,
        "BackupSizeInBytes": 3_000_000_000,
        "CalculatedLifecycle": {"DeleteAt": NOW + timedelta(days=35)},
    }


def test_whole_copies_are_told_by_what_they_are_of(
    aws: boto3.Session,
    vaulted: Declared,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As botocore's model of AWS Backup has an answer."""
    client = aws.client("backup")
    monkeypatch.setattr(aws, "client", lambda *_, **__: client)

    points = [
        point(FILES, "EFS", 33),
        point(FILES, "EFS", 9),
        point(FILES, "EFS", 1, "PARTIAL"),
        point(CLUSTER, "Aurora", 57),
    ]
    with Stubber(client) as stub:
        answer = {"RecoveryPoints": points}
        stub.add_response(
            "list_recovery_points_by_backup_vault", answer, {"BackupVaultName": "wordpress-prod"}
        )
        copies = copies_of(vaulted, session=aws)
    assert [(each.kind, each.of) for each in copies] == [
        ("files", "fs-0a1b2c3d4e5f60718"),
        ("files", "fs-0a1b2c3d4e5f60718"),
        ("database", "blog-database-1b2c3d4e"),
    ]
    assert copies[0].time == NOW - timedelta(hours=9)
    assert old_ones(copies, NOW) == ["blog-database-1b2c3d4e"]
    monkeypatch.setenv("COLUMNS", "80")
    assert print_vault(copies, as_json=False)
    shown = capsys.readouterr()
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "no copy of blog-database-1b2c3d4e for two days" in shown.err


def test_json_has_all_of_a_copy(capsys: pytest.CaptureFixture[str]) -> None:
    copy = Copy(
        vault="wordpress-prod",
        arn="arn",
        of="fs-0",
        kind="files",
        time=NOW,
        bytes=7,
        until=None,
    )
    assert print_vault([copy], as_json=True)
    assert '"of": "fs-0"' in capsys.readouterr().out
