"""`fleet restore --cell` against an account on loopback: a lost cell's sites in a new one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.names import archive_bucket_name
from fleet.operations.data.restore_cell import CellPlan, plan_cell, restore_cell
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError
from tests.engine.checkout import ROOT
from tests.operations.stage.page import alike, shown
from tests.operations.stage.played import REGION, Image, playing

AT = datetime(2026, 11, 29, 18, 5, tzinfo=UTC)
KEEP = {"days": 14, "weeks": 8, "months": 12}
ID = "20261129T031200Z-0000"


@pytest.fixture
def lost(aws: boto3.Session, prod: Declared) -> Iterator[tuple[Image, str]]:
    """The sites of no cell live now where `old` was; of them two have backups in its bucket."""
    account = aws.client("sts").get_caller_identity()["Account"]
    old = archive_bucket_name("prod", "old", account, REGION)
    aws.client("s3").create_bucket(Bucket=old)
    with playing(aws) as image:
        image.forget()
        for site in ("blog", "docs"):
            said = {"time": "2026-11-29T03:12:00Z", "keep": KEEP}
            image.dump(f"s3://{old}/{site}/{ID}", **said)
        yield image, old


def plan(prod: Declared, image: Image, **more: Any) -> CellPlan:
    options = {"lost": "old", "at": AT, "overwrite_production": True, "session": image.session}
    return plan_cell(prod, "-", **{**options, **more})


def test_each_site_that_has_a_backup_comes_back(
    prod: Declared, lost: tuple[Image, str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, _ = lost
    found = plan(prod, image)
    assert [each.site for each in found.sites] == ["blog", "docs"]
    assert found.missing == ("news: news has no backup; fleet backup --env prod news makes one",)
    assert found.seconds == max(each.seconds for each in found.sites)
    # The second time is as after a kill: what is loaded is found so by the image.
    for _ in range(2):
        done = restore_cell(prod, found, on_step=print, session=image.session)
        assert done == ["blog", "docs"]
    loads = {tuple(command) for command in image.commands}
    here = f"s3://{image.bucket}"
    assert loads == {("fleet-load", f"{here}/{site}/{ID}") for site in ("blog", "docs")}
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "80")
    words = ["restore", "--env", "prod", "--cell", "-", "--from-cell", "old"]
    words += ["--at", "2026-11-29 18:05Z", "--yes-overwrite-production"]
    said = CliRunner().invoke(app, words, input="n\n")
    assert said.exit_code == 0, said.output
    assert "missing: news: news has no backup" in said.stderr
    assert "by assumed speeds, 5 sites at a time" in said.stdout
    assert max(map(len, said.stdout.splitlines())) <= 80
    alone = CliRunner().invoke(app, [*words[:3], "blog", *words[5:]], input="n\n")
    assert f"from   backup {ID}" in alone.stdout, alone.output
    page = (ROOT / "docs/run-book.md").read_text()
    _, lines = shown(page, "fleet restore", {"shop": "docs", "east2": "-"})
    # The page has what goes to stderr where it comes.
    here = sorted(alike(line) for line in said.output.splitlines())
    assert here == sorted(lines)


def test_one_that_fails_keeps_no_other_back(prod: Declared, lost: tuple[Image, str]) -> None:
    image, _ = lost
    found, image.status = plan(prod, image), 1
    with pytest.raises(OperationError) as raised:
        restore_cell(prod, found, on_step=print, session=image.session)
    lines = str(raised.value).splitlines()
    assert sorted(line.partition(":")[0] for line in lines[:2]) == ["blog", "docs"]
    assert lines[-1] == "the same command goes on"


def test_what_is_wrong(prod: Declared, lost: tuple[Image, str]) -> None:
    image, _ = lost
    with pytest.raises(OperationError, match="--from-cell - is the cell itself"):
        plan(prod, image, lost="-")
    with pytest.raises(OperationError, match="prod-gone has no bucket for archives yet"):
        plan(prod, image, lost="gone")
    with pytest.raises(OperationError, match="--yes-overwrite-production"):
        plan(prod, image, overwrite_production=False)
