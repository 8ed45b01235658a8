"""`fleet restore --exact` against an account on loopback, where RDS's own restores are played."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.operations.data.exact import ExactPlan, plan_exact, restore_exact
from fleet.operations.data.portion import portion_of
from fleet.operations.data.restore import plan_restore, restore_site
from fleet.operations.declared import Declared
from fleet.operations.live.status import fleet_status
from fleet.operations.problem import OperationError
from tests.operations.stage.played import Image, playing
from tests.operations.test_calls import counting, documented

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
AT = NOW - timedelta(hours=3)
KEEP = {"days": 14, "weeks": 8, "months": 12}
WRITES = (
    *("rds.RestoreDBClusterToPointInTime", "rds.CreateDBInstance", "rds.ModifyDBCluster"),
    *("ecs.RunTask", "s3.CopyObject", "rds.DeleteDBInstance", "rds.DeleteDBCluster"),
)


# Of a removed site, what is played here, and what AWS asks for with tags.
BESIDE = {
    *("rds:DescribeDBClusterSnapshots", "rds:RestoreDBClusterFromSnapshot"),
    *("rds:RestoreDBClusterToPointInTime", "rds:AddTagsToResource"),
}


class Killed(BaseException):
    """As SIGKILL: nothing is tidied up."""


class Aurora:
    """The account's RDS, which keeps a cluster's past and its final snapshots."""

    def __init__(self, session: boto3.Session) -> None:
        self.session = session
        self.plain: Any = session.client("rds")
        self.restored: list[dict[str, Any]] = []
        self.snapshots: list[dict[str, Any]] = []
        self.written: list[str] = []
        self.dies_after: str | None = None
        self.first, self.age = NOW - timedelta(days=7), timedelta(0)
        self.hooks: dict[str, Any] = {
            "before-parameter-build.rds.*": self._asked,
            "before-call.rds.RestoreDBClusterToPointInTime": self._restore,
            "before-call.rds.RestoreDBClusterFromSnapshot": self._restore,
            "after-call.rds.DescribeDBClusters": self._described,
            "after-call.rds.DescribeDBClusterSnapshots": self._listed,
        }
        self.deaths = {f"after-call.{call}": self._wrote for call in WRITES}
        for event, hook in (*self.hooks.items(), *self.deaths.items()):
            session.events.register(event, hook)

    def close(self) -> None:
        for event, hook in (*self.hooks.items(), *self.deaths.items()):
            self.session.events.unregister(event, hook)

    def _asked(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = params

    def _restore(self, context: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        asked = context["asked"]
        self.restored.append(asked)
        made = self.plain.create_db_cluster(
            DBClusterIdentifier=asked["DBClusterIdentifier"],
            Engine="aurora-mysql",
            MasterUsername="fleet_master",
            MasterUserPassword="of-then-and-unknown",
            Tags=asked["Tags"],
        )
        return AWSResponse("", 200, HTTPHeaders(), None), {"DBCluster": made["DBCluster"]}

    def _described(self, parsed: dict[str, Any], **_: Any) -> None:
        for cluster in parsed.get("DBClusters", []):
            cluster["EarliestRestorableTime"] = self.first
            cluster["LatestRestorableTime"] = NOW - timedelta(minutes=5)
            cluster["ClusterCreateTime"] = datetime.now(UTC) - self.age

    def _listed(self, parsed: dict[str, Any], **_: Any) -> None:
        parsed["DBClusterSnapshots"] = self.snapshots

    def _wrote(self, event_name: str, **_: Any) -> None:
        self.written.append(event_name)
        if event_name == self.dies_after:
            raise Killed

    @property
    def temporary(self) -> list[str]:
        found = self.plain.describe_db_clusters()["DBClusters"]
        names = [cluster["DBClusterIdentifier"] for cluster in found]
        return [name for name in names if name.startswith("restore-")]


@pytest.fixture
def image(aws: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Image]:
    monkeypatch.setattr("fleet.operations.data.temporary.POLL_SECONDS", 0.01)
    monkeypatch.setattr("fleet.operations.data.follow.POLL_SECONDS", 0.01)
    with playing(aws) as image:
        image.forget()
        time = NOW - timedelta(days=1)
        id_ = f"{time:%Y%m%dT%H%M%SZ}-0000"
        image.dump(f"s3://{image.bucket}/blog/{id_}", time=time.isoformat(), keep=KEEP)
        yield image


@pytest.fixture
def aurora(image: Image) -> Iterator[Aurora]:
    found = Aurora(image.session)
    yield found
    found.close()


def plan(prod: Declared, image: Image, at: datetime = AT, **more: Any) -> ExactPlan:
    more = {"overwrite_production": True, "now": NOW, **more}
    return plan_exact(prod, "blog", at, session=image.session, **more)


def test_the_tables_of_that_second_and_the_files_before(
    prod: Declared, image: Image, aurora: Aurora
) -> None:
    calls = counting(image.session)
    found = plan(prod, image)
    restore_exact(prod, found, on_step=print, session=image.session)
    called = {call for call in calls if call.startswith("rds:")}
    assert called | BESIDE == documented("restore", beside="--exact")
    [asked] = aurora.restored
    assert asked["RestoreToTime"] == AT
    assert asked["SourceDBClusterIdentifier"] == "wordpress-prod-blog-database"
    # Nothing by which it would count as the site's own.
    assert "Site" not in {tag["Key"] for tag in asked["Tags"]}
    dump, load = image.commands
    url = f"s3://{image.bucket}/blog/{AT:%Y%m%dT%H%M%SZ}-exact"
    assert dump[:4] == ["fleet-dump", url, "--only", "database"]
    assert load == ["fleet-load", url]
    manifest = found.archive.manifest()
    assert manifest.time == f"{AT:%Y-%m-%dT%H:%M:%SZ}"
    assert manifest.files == found.files[1] if found.files else False
    assert image.prepared[0]["schema"] == ["fleet-schema", "restored"]
    assert aurora.temporary == []


def test_only_the_first_container_gets_the_master_password(
    prod: Declared, image: Image, aurora: Aurora
) -> None:
    told: list[Any] = []
    image.session.events.register(
        "before-parameter-build.ecs.RunTask", lambda params, **_: told.append(params)
    )
    restore_exact(
        prod, plan(prod, image, only=portion_of(["database"])), on_step=print, session=image.session
    )
    schema, init, main = told[0]["overrides"]["containerOverrides"]
    names = [{each["name"] for each in one.get("environment", [])} for one in (schema, init, main)]
    assert names[0] == {"WORDPRESS_DB_HOST", "FLEET_RESTORED_PASSWORD"}
    assert names[1] == set()
    assert "WORDPRESS_DB_HOST" in names[2]
    assert "FLEET_RESTORED_PASSWORD" not in names[2]
    assert image.commands[1][-2:] == ["--only", "database"]


@pytest.mark.parametrize("call", WRITES)
def test_killed_anywhere_and_run_again_no_cluster_is_left(
    prod: Declared, image: Image, aurora: Aurora, call: str
) -> None:
    aurora.dies_after = f"after-call.{call}"
    with pytest.raises(Killed):
        restore_exact(prod, plan(prod, image), on_step=print, session=image.session)
    aurora.dies_after = None
    restore_exact(prod, plan(prod, image), on_step=print, session=image.session)
    assert aurora.temporary == []
    assert len(aurora.restored) == 1
    assert image.commands[-1][0] == "fleet-load"
    assert plan(prod, image).archive.manifest().files


def test_one_that_another_moment_left_is_removed_first(
    prod: Declared, image: Image, aurora: Aurora
) -> None:
    aurora.dies_after = "after-call.rds.CreateDBInstance"
    with pytest.raises(Killed):
        restore_exact(prod, plan(prod, image), on_step=print, session=image.session)
    aurora.dies_after = None
    later = plan(prod, image, AT + timedelta(minutes=1))
    restore_exact(prod, later, on_step=print, session=image.session)
    assert aurora.temporary == []
    assert len(aurora.restored) == 2


def test_one_that_was_left_is_told_and_in_the_end_removed(
    project: Path,
    prod: Declared,
    image: Image,
    aurora: Aurora,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aurora.dies_after = "after-call.rds.CreateDBInstance"
    with pytest.raises(Killed):
        restore_exact(prod, plan(prod, image), on_step=print, session=image.session)
    aurora.dies_after = None
    (name,) = aurora.temporary
    stack = next(each for each in fleet_status(prod, session=image.session) if each.cell is None)
    (told,) = stack.temporary
    assert (told.cluster, told.site) == (name, "blog")
    monkeypatch.chdir(project)
    monkeypatch.setattr(boto3, "Session", lambda **_: image.session)
    done = CliRunner().invoke(app, ["backups", "blog", "--env", "prod"])
    assert f"temporary cluster {name}: of a restore --exact of blog" in done.stderr
    found = plan_restore(prod, "blog", NOW, overwrite_production=True, session=image.session)
    # It may be at work.
    restore_site(prod, found, on_step=print, session=image.session)
    assert aurora.temporary == [name]
    aurora.age = timedelta(hours=7)
    restore_site(prod, found, on_step=print, session=image.session)
    assert aurora.temporary == []


def test_a_removed_site_comes_back_of_its_final_snapshot(
    prod: Declared, image: Image, aurora: Aurora
) -> None:
    """It is in sites.yaml again, with a cluster that began an hour ago."""
    aurora.first, removed = NOW - timedelta(hours=1), NOW - timedelta(days=5)
    tags = [("Project", "wordpress-fleet"), ("Environment", "prod"), ("Site", "blog")]
    aurora.snapshots = [
        {
            "DBClusterSnapshotIdentifier": "blog-database-final-0a1b",
            "SnapshotCreateTime": removed,
            "TagList": [{"Key": key, "Value": value} for key, value in tags],
        }
    ]
    with pytest.raises(OperationError, match=r"final snapshot .* --at \"2026-11-24 12:00:00Z\""):
        plan(prod, image, removed - timedelta(minutes=1))
    found = plan(prod, image, removed)
    restore_exact(prod, found, on_step=print, session=image.session)
    assert aurora.restored[0]["SnapshotIdentifier"] == "blog-database-final-0a1b"
    assert found.archive.id.endswith("-final")
    assert aurora.temporary == []


def test_moments_that_nothing_is_kept_of(prod: Declared, image: Image, aurora: Aurora) -> None:
    for at in (NOW, NOW - timedelta(days=8)):
        with pytest.raises(OperationError, match="Aurora keeps blog from 2026-11-22 12:00:00Z to"):
            plan(prod, image, at)
    with pytest.raises(OperationError, match="--exact is for the database"):
        plan(prod, image, only=portion_of(["files"]))


def test_it_says_what_is_lost_and_asks(
    project: Path, image: Image, aurora: Aurora, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(boto3, "Session", lambda **_: image.session)
    words = ["restore", "--env", "prod", "blog", "--at", "2026-11-29 09:00Z", "--exact"]
    done = CliRunner().invoke(app, [*words, "--yes-overwrite-production"], input="n\n")
    assert done.exit_code == 0, done.output
    for text in ("from   wordpress-prod-blog-database as of", "files of backup", "Replace what"):
        assert text in done.stdout
    assert aurora.restored == []
