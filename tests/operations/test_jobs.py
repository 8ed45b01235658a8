"""`fleet jobs` against an account on loopback: when each comes next, and how it went last."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest
import yaml
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.operations.data.jobs import job_statuses
from fleet.operations.declared import Declared, read_declared
from fleet.operations.target import Target
from tests.operations.test_one_off import FIRST, last_line, write

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
