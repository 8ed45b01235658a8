"""The image's files by their own tools."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.stage.image import CONTAINER

ROOT = CONTAINER.parent
FILES = [path for path in (CONTAINER / "root").rglob("*") if path.is_file()]


def first_line(path: Path) -> str:
    return path.read_text().split("\n", 1)[0]


PHP = [path for path in FILES if path.suffix == ".php" or first_line(path).endswith("env php")]
SHELL = [path for path in FILES if first_line(path).endswith("bash")]


def tool(name: str) -> str:
    """A tool that came with the Python packages, whether or not the venv is on PATH."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    assert found, f"{name} is not installed"
    return found


def clean(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_dockerfile() -> None:
    clean(tool("hadolint"), CONTAINER / "Dockerfile")


@pytest.mark.parametrize("path", [*SHELL, ROOT / "setup/debian"], ids=lambda path: path.name)
def test_shell(path: Path) -> None:
    clean(tool("shellcheck"), path)


@pytest.mark.parametrize("path", PHP, ids=lambda path: path.name)
def test_php(path: Path) -> None:
    clean("php", "-l", path)


def test_programs_can_be_started() -> None:
    for path in (CONTAINER / "root/usr/local/bin").iterdir():
        assert path.stat().st_mode & 0o111, f"{path} is not executable"
