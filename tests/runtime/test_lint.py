"""The image's PHP files by PHP itself; `make lint` has the others."""

from pathlib import Path

from tests.runtime.stage.image import CONTAINER
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


def test_programs_can_be_started() -> None:
    for path in (CONTAINER / "root/usr/local/bin").iterdir():
        assert path.stat().st_mode & 0o111, f"{path} is not executable"
