"""An unknown name: each verb finds it, and all say the same of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from fleet.cli.main import app

SAMPLE = Path(__file__).with_name("sample")
ROOT = Path(__file__).parents[2]
ENVIRONMENT = (
    'error: Pulumi.lokal.yaml:1:1: environment: found no environment "lokal" (did you mean '
    '"local"?); allowed is dev or local; for example local'
)
SITE = (
    'sites.blgo: found no site "blgo" (did you mean "blog"?); allowed is archive, blog, docs or '
    "shop; for example blog"
)
CELL = 'cell: found no cell "eest" (did you mean "east"?); allowed is - or east; for example east'


def options(command: Any) -> set[str]:
    return {name for each in command.params for name in each.opts}


def argument(command: Any, name: str) -> bool:
    return any(
        each.param_type_name == "argument" and each.metavar == name for each in command.params
    )


ALL: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
# `add` makes what it names, and its --env is only what the next steps will name; `validate` lists
# what is wrong as its output, not as an error.
NEW = {"add", "validate"}
OF_AN_ENVIRONMENT = sorted(name for name, each in ALL.items() if "--env" in options(each))
OF_A_SITE = sorted(
    name for name, each in ALL.items() if argument(each, "SITE") or "--site" in options(each)
)
OF_A_CELL = sorted(name for name, each in ALL.items() if "--cell" in options(each))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("sites.yaml", "Pulumi.dev.yaml", "Pulumi.local.yaml"):
        shutil.copy(SAMPLE / name, tmp_path / name)
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "500")
    return tmp_path


def told(verb: str, *, site: str, env: str, cell: str | None = None) -> str:
    """What the verb says, given each of its names, and --yes where it would ask."""
    command, arguments = ALL[verb], [verb]
    if argument(command, "SITE"):
        arguments.append(site)
    elif "--site" in options(command) and cell is None:
        arguments += ["--site", site]
    if "--env" in options(command):
        arguments += ["--env", env]
    for needed, value in (("--to", "docs"), ("--from", "dump.sql"), ("--at", "2026-11-20 14:00Z")):
        if needed in options(command):
            arguments += [needed, value]
    if "--yes" in options(command):
        arguments.append("--yes")
    if cell is not None:
        arguments += ["--cell", cell]
    if argument(command, "COMMAND"):
        arguments += ["--", "true"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1, done.output
    return done.stderr.strip()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("verb", sorted(set(OF_AN_ENVIRONMENT) - NEW))
def test_an_environment(verb: str) -> None:
    assert told(verb, site="blog", env="lokal") == ENVIRONMENT


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("verb", sorted(set(OF_A_SITE) - NEW))
def test_a_site(verb: str) -> None:
    said = told(verb, site="blgo", env="local")
    assert said.startswith("error: sites.yaml:")
    assert said.endswith(f": {SITE}")


@pytest.mark.parametrize("verb", sorted(set(OF_A_CELL) - NEW))
def test_a_cell(folder: Path, verb: str) -> None:
    text = (folder / "sites.yaml").read_text()
    (folder / "sites.yaml").write_text(text.replace("  blog:\n", "  blog:\n    cell: east\n", 1))
    said = told(verb, site="blog", env="local", cell="eest")
    assert said.startswith("error: sites.yaml:")
    assert said.endswith(f": {CELL}")


def test_there_are_verbs_of_each() -> None:
    assert {"plan", "up", "status", "exec"} <= set(OF_AN_ENVIRONMENT)
    assert {"show", "up", "logs", "pause"} <= set(OF_A_SITE)
    assert {"plan", "destroy", "status"} <= set(OF_A_CELL)
