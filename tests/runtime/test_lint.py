"""The image's PHP files by PHP itself; `make lint` has the others."""

import re
from pathlib import Path

import pytest

from tests.runtime.stage.image import CONTAINER, bases
from tests.runtime.stage.site import StagedSite

FILES = [path for path in (CONTAINER / "root").rglob("*") if path.is_file()]


def first_line(path: Path) -> str:
    return path.read_text().split("\n", 1)[0]


PHP = [path for path in FILES if path.suffix == ".php" or first_line(path).endswith("env php")]


def test_php(shared_site: StagedSite) -> None:
    names = [f"/{path.relative_to(CONTAINER / 'root')}" for path in PHP]
    container = shared_site.run("wordpress", ["php", "-l", *names])
    assert container.wait() == 0, container.output()
    assert container.output().count("No syntax errors") == len(PHP) > 10


@pytest.mark.parametrize("php", ["8.3", "8.4", "8.5"])
def test_each_php_has_its_bases_and_no_file_wants_another(php: str) -> None:
    """Debian has none but 8.4, so the other two are not built here."""
    cli, wordpress = bases({"PHP": php})
    assert re.fullmatch(rf"wordpress:cli-\d+\.\d+\.\d+-php{php}", cli)
    assert re.fullmatch(rf"wordpress:\d+\.\d+\.\d+-php{php}-fpm", wordpress)
    for path in FILES:
        assert not re.search(r"php/?-?8\.\d|/20\d{6}/", path.read_text()), path


def test_programs_can_be_started() -> None:
    for path in (CONTAINER / "root/usr/local/bin").iterdir():
        assert path.stat().st_mode & 0o111, f"{path} is not executable"
