"""The image's PHP files by PHP itself; `make lint` has the others."""

import subprocess
from pathlib import Path

import pytest

from tests.runtime.stage.image import CONTAINER

FILES = [path for path in (CONTAINER / "root").rglob("*") if path.is_file()]


def first_line(path: Path) -> str:
    return path.read_text().split("\n", 1)[0]


PHP = [path for path in FILES if path.suffix == ".php" or first_line(path).endswith("env php")]


@pytest.mark.parametrize("path", PHP, ids=lambda path: path.name)
def test_php(path: Path) -> None:
    done = subprocess.run(["php", "-l", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_programs_can_be_started() -> None:
    for path in (CONTAINER / "root/usr/local/bin").iterdir():
        assert path.stat().st_mode & 0o111, f"{path} is not executable"
