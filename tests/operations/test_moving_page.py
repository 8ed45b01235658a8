"""docs/moving.md: what it shows of commands is what they print, but for numbers and names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from typer.testing import CliRunner

from fleet.cli.main import app
from fleet.cli.screen import OUT
from fleet.sites_file.edits import retire_site
from tests.engine.checkout import ROOT
from tests.operations.stage.foreign import CONTENT, dump, tree
from tests.operations.stage.page import LOADS, alike, shown, told
from tests.operations.stage.played import Image, playing

PAGE = (ROOT / "docs/moving.md").read_text()
CODE = "fleet push --env prod shop-staging --to shop --yes"
TABLES = "fleet push --env prod shop-staging --to shop --only tables"
REPORT = "fleet import --env prod shop --from dump.sql.gz --files backup/wp-content --report"
IMPORT = REPORT.replace("--report", "--yes")
COPY = "domains: [docs.example.com], staging: {of: blog, keep: [blogname]}"
# What the account has in place of the page's sites.
SITES = {"shop-staging": "docs", "store": "docs", "shop": "blog"}

DUMPS = told("database", "files", "manifest", "prune")
for dumped in DUMPS[1], DUMPS[3]:
    dumped["bytes"] = 48_000_000
PUTS = ("maintenance", "swap", "purge", "smoke", "open")
SAYS = {
    "fleet-dump": DUMPS,
    "fleet-load": told(*LOADS),
    "fleet-wipe": told("tables", "files"),
}
# What verbs say that load less than all, or more.
LOAD = ("check", "load", "fix", "upgrade")
OTHERS = {
    "fleet undo": {"fleet-load": told(*(step for step in PUTS if step != "smoke"))},
    "fleet clone": {
        "fleet-dump": DUMPS,
        "fleet-load": told("check", "space", *LOAD[1:], "files", "anonymise", *PUTS),
    },
    CODE: {
        "fleet-dump": DUMPS[2:],
        "fleet-load": told("check", "space", "files", *PUTS),
    },
    TABLES: {
        "fleet-dump": [*DUMPS[:2], *DUMPS[4:]],
        "fleet-load": told(*LOAD, "choose", *PUTS),
    },
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
        REPORT,
        IMPORT,
        "fleet undo",
        "fleet clone --env prod",
        CODE,
        TABLES,
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
    image.says = next((says for verb, says in OTHERS.items() if beginning.startswith(verb)), SAYS)
    if "clone" in words:
        text = (project / "sites.yaml").read_text()
        (project / "sites.yaml").write_text(text.replace("domains: [docs.example.com]", COPY))
    if "--purge" in words:
        leave, _ = shown(PAGE, "fleet leave --env prod shop --export", SITES)
        assert CliRunner().invoke(app, [*leave, "--days", "0"]).exit_code == 0
        retire_site(project / "sites.yaml", "blog", "prod")
    if "import" in words:
        dump(project / "dump.sql.gz")
        tree(project / "backup", {**CONTENT, "wp-content/cache/other.html": b"old"})
        monkeypatch.setattr(OUT, "width", 100)
        lines = [*shown(PAGE, REPORT, SITES)[1], *lines] if "--yes" in words else lines
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert [alike(line) for line in done.stdout.splitlines()] == lines, done.stdout
