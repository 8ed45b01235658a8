"""What other programs import: few names, all documented, from one package that is installed."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
API = ("fleet.api", "fleet.api.deploy", "fleet.api.live", "fleet.api.data")
PAGES = sorted((ROOT / "docs").glob("*.md"))
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))


def imported(code: str) -> set[tuple[str, str]]:
    """Modules of fleet and the names taken from them."""
    return {
        (node.module, name.name)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("fleet")
        for name in node.names
    }


def shown() -> set[tuple[str, str]]:
    """What the documentation and the examples import."""
    blocks = [
        block
        for page in PAGES
        for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    ]
    sources = [*blocks, *(path.read_text() for path in EXAMPLES)]
    return set[tuple[str, str]]().union(*map(imported, sources))


def test_documentation_and_examples_import_public_names_alone() -> None:
    found = shown()
    assert {module for module, _ in found} == set(API)
    for module, name in found:
        assert name in importlib.import_module(module).__all__


@pytest.mark.parametrize("module", API)
def test_every_public_name_says_what_it_is(module: str) -> None:
    api = importlib.import_module(module)
    assert api.__doc__
    for name in api.__all__:
        assert getattr(api, name).__doc__, name


def test_the_files_of_a_fleet_need_neither_pulumi_nor_boto3() -> None:
    check = "import sys, fleet.api; print({'pulumi', 'boto3'} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "set()\n"


def test_one_package_is_installed(tmp_path: Path) -> None:
    """Else a stranger's environment would have a top-level `cli` or `components`."""
    for name in ("fleet", "components", "simulator"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "."], check=True, capture_output=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"fleet"}
    assert {"fleet/plan/prices.yaml", "fleet/operations/live/status.py"} <= set(names)
