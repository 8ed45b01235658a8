"""`fleet jobs` against an account on loopback: when each comes next, and how it went last."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.cli.views.jobs import print_jobs
from fleet.operations.data.jobs import job_statuses
from fleet.operations.data.missed import missed, schedules_of
from fleet.operations.declared import Declared, read_declared
from fleet.operations.target import Target
from tests.operations.test_one_off import FIRST, last_line, write

ROLE = "arn:aws:iam::123456789012:role/starts"
JOBS = {
    "tidy": {"command": ["wp", "x"], "schedule": "cron(0 3 * * ? *)", "timezone": "Europe/Vienna"},
    "often": {"command": ["wp", "y"], "schedule": "rate(2 hours)"},
}


@pytest.fixture
def declared(project: Path) -> Declared:
    """`blog` with jobs, which runs, and `archive` with the same, which is paused."""
    file = project / "sites.yaml"
    document = yaml.safe_load(file.read_text())
    for name in ("blog", "archive"):
        document["sites"][name]["jobs"] = JOBS
    file.write_text(yaml.safe_dump(document))
    return read_declared(Target(folder=project, environment="prod"))


def test_the_last_run_and_the_next(aws: boto3.Session, declared: Declared) -> None:
    for task, status in (("tidy-1", 0), ("tidy-2", 3)):
        begun = {**FIRST, "kind": "job-tidy", "task": task}
        write(aws, task, f"fleet-task: begun {json.dumps(begun)}", last_line(status))
    found = {(each.site, each.job): each for each in job_statuses(declared, session=aws)}
    tidy, often = found["blog", "tidy"], found["blog", "often"]
    assert tidy.last
    assert tidy.last.ending
    assert (tidy.last.id, tidy.last.ending.outcome) == ("tidy-2", "failed")
    # Three o'clock in Vienna.
    assert tidy.next
    assert f"{tidy.next:%H:%M}" in ("01:00", "02:00")
    assert (often.last, often.next) == (None, None)
    assert found["archive", "tidy"].next is None


NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
TODAY = NOON.replace(hour=3)


@pytest.mark.parametrize(
    ("began", "made", "expected"),
    [
        (TODAY - timedelta(days=1), TODAY - timedelta(days=90), TODAY),
        # It came a minute late; it is new; it was paused over night; AWS still tries.
        (TODAY + timedelta(minutes=1), TODAY - timedelta(days=90), None),
        (None, None, None),
        (TODAY - timedelta(days=5), TODAY + timedelta(hours=2), None),
        (None, TODAY - timedelta(days=90), TODAY),
        # Its schedule is gone.
        (TODAY - timedelta(days=2), None, TODAY),
    ],
)
def test_a_turn_that_no_task_took(
    began: datetime | None, made: datetime | None, expected: datetime | None
) -> None:
    found = missed("cron(0 3 * * ? *)", "UTC", began=began, made=made, now=NOON)
    assert found == expected
    soon = missed("cron(0 11 * * ? *)", "UTC", began=NOON, made=None, now=NOON)
    assert soon is None


def test_the_schedule_on_aws_says_since_when_turns_are_due(
    aws: boto3.Session, declared: Declared, capsys: pytest.CaptureFixture[str]
) -> None:
    scheduler: Any = aws.client("scheduler")
    scheduler.create_schedule_group(Name="wordpress-prod")
    scheduler.create_schedule(
        Name="blog--job-tidy",
        GroupName="wordpress-prod",
        ScheduleExpression="cron(0 3 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:ecs:us-east-1:123456789012:cluster/x", "RoleArn": ROLE},
    )
    try:
        made = schedules_of([declared.target], aws)
        assert timedelta() <= datetime.now(UTC) - made["blog--job-tidy"] < timedelta(minutes=5)
    finally:
        scheduler.delete_schedule_group(Name="wordpress-prod")
    found = {each.job: each for each in job_statuses(declared, "blog", session=aws)}
    tidy = found["tidy"]
    print_jobs([replace(tidy, missed=TODAY)], as_json=False)
    shown = capsys.readouterr()
    assert " missed " in shown.out
    assert "blog tidy was due at" in " ".join(shown.err.split())


def test_the_command_line(
    aws: boto3.Session, declared: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(declared.target.folder)
    monkeypatch.setattr("fleet.operations.data.jobs.open_session", lambda _: aws)
    fleet = CliRunner()
    shown = fleet.invoke(app, ["jobs", "--env", "prod", "blog"])
    assert shown.exit_code == 0
    heading, *rows = shown.stdout.splitlines()
    assert heading.split() == ["Site", "Job", "Schedule", "Last", "Outcome", "Took", "Next"]
    assert "tidy" in "".join(rows)
    records = json.loads(fleet.invoke(app, ["jobs", "--env", "prod", "--json"]).stdout)
    assert {each["site"] for each in records} == {"blog", "archive"}
    nothing = fleet.invoke(app, ["jobs", "--env", "prod", "docs"]).stdout
    assert nothing.startswith("No site has a job")
