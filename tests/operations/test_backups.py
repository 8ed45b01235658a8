"""`fleet backup` and `fleet backups` against an account on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.operations.data.backups import LATE, back_up, backups_of, late_ones
from fleet.operations.data.late import LateBackup
from fleet.operations.declared import Declared, read_declared
from fleet.operations.live.status import fleet_status
from tests.operations.stage.played import Image, playing
from tests.operations.test_calls import counting

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
ROLE = "arn:aws:iam::123456789012:role/schedules"
KEEP = {"days": 14, "weeks": 8, "months": 12}


@pytest.fixture
def image(aws: boto3.Session) -> Iterator[Image]:
    with playing(aws) as image:
        yield image
        image.forget()


@pytest.fixture
def project(project: Path) -> Path:
    """Without the site whose cell has no bucket."""
    path = project / "sites.yaml"
    text = path.read_text().replace(", cell: east", "")
    nightly = "{domains: [blog.example.com], backup: {dumps: nightly}}"
    path.write_text(text.replace("{domains: [blog.example.com]}", nightly))
    return project


def made(image: Image, site: str, moment: datetime, **more: object) -> str:
    """A backup of that time; its id."""
    id_ = f"{moment:%Y%m%dT%H%M%SZ}-0000"
    said = {"time": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "keep": KEEP, **more}
    image.dump(f"s3://{image.bucket}/{site}/{id_}", **said)
    return id_


def test_a_backup_is_made_by_the_site_s_own_rules(prod: Declared, image: Image) -> None:
    archive = back_up(prod, "blog", on_step=print, session=image.session)
    assert image.commands == [["fleet-dump", archive.url, "--keep", "14,8,12", "--no-prune"]]
    assert archive.manifest().site == "blog"


def test_what_there_is_and_what_it_costs(prod: Declared, image: Image) -> None:
    last = made(image, "blog", NOW - timedelta(hours=9))
    made(image, "blog", NOW - timedelta(hours=33))
    # An export, one that is broken, and one that was never finished, are none.
    made(image, "blog", NOW - timedelta(hours=1), keep=None)
    made(image, "blog", NOW - timedelta(hours=2), time=7)
    image.session.client("s3").put_object(
        Bucket=image.bucket, Key="blog/20261129T115900Z-0000/database.sql.zst", Body=b"x"
    )
    (found,) = backups_of(prod, "blog", now=NOW, session=image.session)
    assert found.backups[0].id == last
    assert len(found.backups) == 2
    assert found.state == "fresh"
    assert found.backups[0].files == sum(map(len, image.files.values()))
    assert found.usd == pytest.approx(found.stored / 2**30 * 0.023)


@pytest.mark.parametrize(("hours", "late"), [(29, False), (31, True)])
def test_a_night_without_a_backup_is_late(
    prod: Declared, image: Image, hours: int, late: bool
) -> None:
    made(image, "blog", NOW - timedelta(hours=hours))
    found = backups_of(prod, now=NOW, session=image.session)
    assert late_ones(found) == (["blog"] if late else [])


def test_a_night_on_which_nothing_had_changed_is_none_that_is_missing(
    prod: Declared, image: Image
) -> None:
    made(image, "blog", NOW - timedelta(days=9))
    image.session.client("s3").put_object(Bucket=image.bucket, Key="blog/checked", Body=b"")
    now = datetime.now(UTC)
    (found,) = backups_of(prod, "blog", now=now, session=image.session)
    assert found.state == "fresh"
    assert backups_of(prod, "blog", now=now + 2 * LATE, session=image.session)[0].state == "late"


def test_a_night_without_a_backup_shows_where_one_looks_each_day(
    project: Path, prod: Declared, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=33)
    # What was made by hand since, to be moved, is none of the nights'.
    made(image, "blog", last + timedelta(hours=32), keep=None)
    made(image, "blog", last)
    (stack,) = fleet_status(prod, session=image.session)
    assert stack.nights.late == (LateBackup("blog", last),)
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "80")
    done = CliRunner().invoke(app, ["status", "--env", "prod"])
    assert "blog: no backup of the last night, the last came 33 h ago" in done.stdout
    image.session.client("s3").put_object(Bucket=image.bucket, Key="blog/checked", Body=b"")
    calls = counting(image.session)
    (stack,) = fleet_status(prod, session=image.session)
    assert stack.nights.late == ()
    # As few as it can, since it asks each time: one of the stack's bucket, one of each site.
    assert {call: n for call, n in calls.items() if call.startswith("s3:")} == {
        "s3:HeadBucket": 1,
        "s3:ListObjectsV2": 1,
    }


@pytest.fixture
def scheduled(aws: boto3.Session) -> Iterator[datetime]:
    """The clock backs `blog` up; since when."""
    scheduler: Any = aws.client("scheduler")
    scheduler.create_schedule_group(Name="wordpress-prod")
    scheduler.create_schedule(
        Name="blog--backup",
        GroupName="wordpress-prod",
        ScheduleExpression="cron(0 3 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:ecs:us-east-1:123456789012:cluster/x", "RoleArn": ROLE},
    )
    yield datetime.now(UTC)
    scheduler.delete_schedule_group(Name="wordpress-prod")


def test_a_site_owes_nothing_before_its_first_night(
    prod: Declared, image: Image, scheduled: datetime
) -> None:
    def told(at: datetime) -> str:
        return backups_of(prod, "blog", now=at, session=image.session)[0].state

    assert [told(scheduled + LATE * share) for share in (0.9, 1.1)] == ["new", "late"]
    (stack,) = fleet_status(prod, session=image.session)
    assert stack.nights.late == ()
    # Nor one that was paused for months.
    made(image, "blog", scheduled - timedelta(days=90))
    assert [told(scheduled + LATE * share) for share in (0.9, 1.1)] == ["fresh", "late"]


def test_a_paused_site_misses_no_night(project: Path, prod: Declared, image: Image) -> None:
    (stack,) = fleet_status(prod, session=image.session)
    assert stack.nights.late == (LateBackup("blog", None),)
    path = project / "sites.yaml"
    path.write_text(
        path.read_text().replace("[blog.example.com],", "[blog.example.com], state: paused,")
    )
    paused = read_declared(prod.target)
    (stack,) = fleet_status(paused, session=image.session)
    assert stack.nights.late == ()


def test_a_removed_site_s_backups_are_told(prod: Declared, image: Image) -> None:
    made(image, "gone", NOW - timedelta(days=90))
    found = {each.site: each.state for each in backups_of(prod, now=NOW, session=image.session)}
    assert found["gone"] == "removed"
    assert found["docs"] == "by hand"
    assert found["blog"] == "late"


def test_the_command_is_loud(project: Path, image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "80")
    done = CliRunner().invoke(app, ["backups", "--env", "prod"])
    assert done.exit_code == 1, done.output
    assert "late: blog has no backup of the last night" in done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    made(image, "blog", datetime.now(UTC) - timedelta(hours=2))
    done = CliRunner().invoke(app, ["backups", "--env", "prod", "blog"])
    assert done.exit_code == 0, done.output
    assert "blog: fresh" in done.stdout
    done = CliRunner().invoke(app, ["backups", "--env", "prod", "--json"])
    assert {each["site"]: each["state"] for each in json.loads(done.stdout)}["blog"] == "fresh"
