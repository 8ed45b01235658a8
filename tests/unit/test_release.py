"""What a release has: one version, told; pins in one place each, which Renovate finds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fleet.names import PROJECT

ROOT = Path(__file__).parents[2]
RENOVATE: dict[str, Any] = json.loads((ROOT / "renovate.json").read_text())
TRACKED = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.splitlines()


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_command_says_its_version() -> None:
    command = [Path(sys.executable).with_name("fleet"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{PROJECT} {project()['version']}\n"


def test_the_newest_version_is_in_the_changelog() -> None:
    headings = re.findall(r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == project()["version"]


def files(patterns: list[str]) -> list[str]:
    """The files of the project that Renovate's patterns, each between slashes, name."""
    found = [re.compile(pattern.strip("/")) for pattern in patterns]
    return [name for name in TRACKED if any(each.search(name) for each in found)]


@pytest.mark.parametrize(
    "manager", RENOVATE["customManagers"], ids=lambda each: each["description"]
)
def test_renovate_finds_each_pin_once(manager: dict[str, Any]) -> None:
    (name,) = files(manager["managerFilePatterns"])
    (pattern,) = manager["matchStrings"]
    found = re.findall(pattern.replace("(?<", "(?P<"), (ROOT / name).read_text())
    assert len(found) == 1
    assert re.match(r"\d", found[0])


@pytest.mark.parametrize("manager", ["pip-compile", "gomod"])
def test_renovate_finds_the_locks(manager: str) -> None:
    assert len(files(RENOVATE[manager]["managerFilePatterns"])) >= 2


@pytest.mark.parametrize("module", ["pulumi", "language-host", "yaml"])
def test_a_tools_version_is_written_in_its_go_mod_alone(module: str) -> None:
    text = (ROOT / "setup/toolchain" / module / "go.mod").read_text()
    found = re.search(r"github\.com/pulumi/pulumi(?:-yaml|/pkg/v3|/sdk/v3) v(\S+)", text)
    assert found
    for path in (ROOT / "setup").glob("*.py"):
        assert found[1] not in path.read_text(), path
