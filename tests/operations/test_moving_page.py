"""docs/moving.md: what it shows of commands is what they print, but for numbers and names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.sites_file.edits import retire_site
from tests.engine.checkout import ROOT
from tests.operations.stage.page import LOADS, alike, shown, told
from tests.operations.stage.played import Image, playing

PAGE = (ROOT / "docs/moving.md").read_text()
# What the account has in place of the page's sites.
SITES = {"shop-staging": "docs", "store": "docs", "shop": "blog"}

DUMPS = told("database", "files", "manifest", "prune")
for dumped in DUMPS[1], DUMPS[3]:
    dumped["bytes"] = 48_000_000
PUTS = ("maintenance", "swap", "purge")
SAYS = {
    "fleet-dump": DUMPS,
    "fleet-load": told(*LOADS),
    "fleet-wipe": told("tables", "files"),
}


@pytest.fixture
def image(aws: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Image]:
    for room in ("archive", "place"):
        monkeypatch.setattr(f"fleet.operations.data.{room}.open_session", lambda _: aws)
    with playing(aws) as image:
        yield image


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
    words, lines = shown(PAGE, beginning, SITES)
    image.says = SAYS if "undo" not in words else {"fleet-load": told(*PUTS, "open")}
    if "--purge" in words:
        leave, _ = shown(PAGE, "fleet leave --env prod shop --export", SITES)
        assert CliRunner().invoke(app, [*leave, "--days", "0"]).exit_code == 0
        retire_site(project / "sites.yaml", "blog", "prod")
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert [alike(line) for line in done.stdout.splitlines()] == lines, done.stdout
