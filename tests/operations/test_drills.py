"""`fleet drill` and `fleet drills` against an account on loopback."""

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
from fleet.operations.data.drill import Drill, drill, failed_ones, last_drills, overdue_ones
from fleet.operations.declared import Declared, read_declared
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from fleet.site.backup import DRILL_PREPARING
from fleet.site.own_task import task_overrides
from tests.operations.stage.played import Image, playing

KEEP = {"days": 14, "weeks": 8, "months": 12}
GOOD = {
    "problem": None,
    "data_age": 32_400,
    "seconds": 95,
    "tables": 12,
    "posts": 412,
    "users": 3,
    "files": 20,
    "newest_post": "2026-11-28 17:03:11",
}


@pytest.fixture
def project(project: Path) -> Path:
    """Without a cell that has no bucket."""
    path = project / "sites.yaml"
    path.write_text(path.read_text().replace(", cell: east", ""))
    return project


@pytest.fixture
def image(aws: boto3.Session) -> Iterator[Image]:
    with playing(aws) as image:
        image.forget()
        yield image


def drilled(image: Image, site: str, days: int, **facts: Any) -> str:
    """As the image writes it; the backup's id."""
    then = datetime.now(UTC) - timedelta(days=days)
    told = {"backup": f"{then:%Y%m%dT%H%M%SZ}-0000", "time": then.isoformat(), **GOOD, **facts}
    key = f"{site}/drills/{then:%Y%m%dT%H%M%SZ}.json"
    body = json.dumps(told).encode()
    image.session.client("s3").put_object(Bucket=image.bucket, Key=key, Body=body)
    return str(told["backup"])


def test_the_newest_backup_is_tried_in_a_schema_of_its_own(prod: Declared, image: Image) -> None:
    with pytest.raises(OperationError, match="blog has no backup"):
        drill(prod, "blog", on_step=print, session=image.session)
    url = f"s3://{image.bucket}/blog/20261120T031200Z-0000"
    image.dump(url, time="2026-11-20T03:12:00Z", keep=KEEP)
    backup = drilled(image, "blog", 0)
    found = drill(prod, "blog", on_step=print, session=image.session)
    assert (found.backup, found.posts) == (backup, 412)
    assert image.commands == [["fleet-drill", url]]


def test_only_the_first_container_makes_it() -> None:
    told = task_overrides(["x"], cpu=256, memory=512, spot=False, prepared=False)
    assert [each["name"] for each in told["containerOverrides"]] == ["wordpress"]
    told = task_overrides(["x"], cpu=256, memory=512, spot=False, preparing=DRILL_PREPARING)
    schema, init, _ = told["containerOverrides"]
    assert schema == {"name": "schema", "command": ["fleet-schema", "drill"]}
    assert init == {"name": "init", "command": ["true"]}


def test_one_that_the_clock_should_have_drilled_is_overdue(project: Path, image: Image) -> None:
    path = project / "sites.yaml"
    tried = "defaults: {backup: {dumps: nightly, drill: monthly},"
    path.write_text(path.read_text().replace("defaults: {", tried))
    declared = read_declared(Target(folder=project, environment="prod"))
    drilled(image, "blog", 34)
    drilled(image, "docs", 36)
    drilled(image, "docs", 1, problem="another SHA-256")
    found = last_drills(declared, session=image.session)
    # The paused ones aren't drilled.
    assert overdue_ones(declared, found) == ["docs", "far", "news"]


def test_who_was_tried_and_what_a_restore_takes(prod: Declared, image: Image) -> None:
    drilled(image, "blog", 40)
    drilled(image, "blog", 3, problem="another SHA-256", data_age=None, seconds=None)
    drilled(image, "docs", 2)
    image.session.client("s3").put_object(
        Bucket=image.bucket, Key="docs/drills/20990101T000000Z.json", Body=b"{"
    )
    found = last_drills(prod, session=image.session)
    assert failed_ones(found) == ["blog"]
    assert [each.problem for each in found["blog"]] == ["another SHA-256", None]
    assert len(found["docs"]) == 1
    assert found["news"] == []
    assert isinstance(found["docs"][0], Drill)


@pytest.mark.parametrize("words", [[], ["blog"]])
def test_the_table(
    project: Path, image: Image, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    drilled(image, "blog", 40)
    drilled(image, "blog", 3, problem="another SHA-256", data_age=None, seconds=None)
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "80")
    done = CliRunner().invoke(app, ["drills", *words, "--env", "prod"])
    assert done.exit_code == 1, done.output
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "1 min 35 s" in done.stdout
    assert "failed: blog" in done.stderr
    assert ("failed" in done.stdout) == bool(words)
