"""docs/moving.md: what it shows of commands is what they print, but for numbers and names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.sites_file.edits import retire_site
from tests.engine.checkout import ROOT
from tests.operations.stage.played import Image, playing

PAGE = (ROOT / "docs/moving.md").read_text()
# What the account has in place of the page's sites.
SITES = {"shop-staging": "docs", "store": "docs", "shop": "blog"}
NUMBER = re.compile(r"(?<!\w)\d[\d,.]*(?: (?:B|kB|MB|GB|s|min)\b)?")


def told(*steps: str) -> list[dict[str, Any]]:
    """Steps as the image begins and ends them."""
    return [{"step": step, "state": state} for step in steps for state in ("begun", "done")]


DUMPS = told("database", "files", "manifest", "prune")
for dumped in DUMPS[1], DUMPS[3]:
    dumped["bytes"] = 48_000_000
PUTS = ("maintenance", "swap", "purge")
PREPARES = ("check", "space", "load", "fix", "upgrade", "files")
SAYS = {
    "fleet-dump": DUMPS,
    "fleet-load": told(*PREPARES, *PUTS, "smoke", "open"),
    "fleet-wipe": told("tables", "files"),
}


@pytest.fixture
def image(aws: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Image]:
    for room in ("archive", "place"):
        monkeypatch.setattr(f"fleet.operations.data.{room}.open_session", lambda _: aws)
    with playing(aws) as image:
        yield image


def shown(beginning: str) -> tuple[list[str], list[str]]:
    """The words of the command that the page shows, and the lines below it."""
    block = next(part for part in PAGE.split("```\n") if part.startswith(f"$ {beginning}"))
    for name, here in SITES.items():
        block = re.sub(rf"\b{name}\b", here, block)
    command, *lines = block.strip().splitlines()
    return shlex.split(command.removeprefix("$ fleet ")), [alike(line) for line in lines]


def alike(line: str) -> str:
    line = re.sub(r"s3://[A-Za-z0-9-]+/", "s3://BUCKET/", line)
    line = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{8}", "ID", line)
    line = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", line)
    return NUMBER.sub("N", line)


@pytest.mark.parametrize(
    "beginning",
    [
        "fleet undo",
        "fleet rename",
        "fleet move --env prod shop --begin",
        "fleet export",
        "fleet leave --env prod shop --export",
        "fleet leave --env prod shop --purge",
    ],
)
def test_a_command_prints_what_the_page_shows(
    project: Path, image: Image, monkeypatch: pytest.MonkeyPatch, beginning: str
) -> None:
    monkeypatch.chdir(project)
    words, lines = shown(beginning)
    image.says = SAYS if "undo" not in words else {"fleet-load": told(*PUTS, "open")}
    if "--purge" in words:
        leave, _ = shown("fleet leave --env prod shop --export")
        assert CliRunner().invoke(app, [*leave, "--days", "0"]).exit_code == 0
        retire_site(project / "sites.yaml", "blog", "prod")
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert [alike(line) for line in done.stdout.splitlines()] == lines, done.stdout
