"""The map of rooms: who may import what, and how long functions and files may be."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES_A_FILE = 300
LINES_A_FUNCTION = 40

SDKS = {"pulumi", "pulumi_aws", "pulumi_awsx", "pulumi_random", "pulumi_docker_build"}
AWS = {"boto3", "botocore"}

# What docs/architecture.md allows each room, of the rooms and of the kits that touch AWS.
ALLOWED = {
    "__main__.py": {"fleet", "components", "pulumi"},
    "fleet": set[str](),
    "components": {"fleet", "pulumi", "pulumi_aws", "pulumi_awsx", "pulumi_random"},
    "plugin": {"fleet", "components", "pulumi"},
    "operations": {"fleet", "pulumi.automation", *AWS},
    "cli": {"fleet", "operations"},
    # botocore's model of RegisterTaskDefinition checks container definitions there.
    "simulator": {"fleet", *SDKS, "botocore"},
    "setup": set[str](),
}
# Files that need more than their room has, and what for.
EXCEPTIONS = {
    # An inline program that adopts a resource registers it.
    "operations/lookup.py": {"pulumi"},
    # The environment `local`, whose account is the simulator's.
    "operations/simulation.py": {"simulator"},
    # That account as `fleet status` sees it: through boto3.
    "simulator/calls/__init__.py": {"boto3"},
}
GUARDED = {
    "fleet",
    "components",
    "plugin",
    "operations",
    "cli",
    "simulator",
    "setup",
    "tests",
    *SDKS,
    *AWS,
}


def sources(room: str) -> list[Path]:
    path = ROOT / room
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_setup_needs_nothing_installed() -> None:
    own = {path.stem for path in sources("setup")}
    for path in sources("setup"):
        names = {name.split(".")[0] for name in imports(ast.parse(path.read_text()))}
        assert names <= own | set(sys.stdlib_module_names), path


def strangers(allowed: set[str], tree: ast.AST) -> set[str]:
    """What the code imports beyond what is allowed."""
    return {
        name
        for name in imports(tree)
        if name.split(".")[0] in GUARDED
        and not any(f"{name}.".startswith(f"{each}.") for each in allowed)
    }


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_what_the_map_allows(room: str) -> None:
    found = {}
    for path in sources(room):
        name = str(path.relative_to(ROOT))
        allowed = ALLOWED[room] | {room} | EXCEPTIONS.get(name, set())
        found[name] = strangers(allowed, ast.parse(path.read_text()))
    assert {name: imported for name, imported in found.items() if imported} == {}


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ("fleet", "import pulumi"),
        ("fleet", "def late():\n    import boto3"),
        ("components", "from simulator import World"),
        ("cli", "import pulumi.automation"),
        ("operations", "import pulumi"),
        ("operations", "from pulumi import Output"),
        ("simulator", "from components import policies"),
    ],
)
def test_a_stranger_would_be_found(room: str, code: str) -> None:
    assert strangers(ALLOWED[room], ast.parse(code))


@pytest.mark.parametrize(
    "code", ["from pulumi import automation", "from pulumi.automation import Stack", "import boto3"]
)
def test_what_the_map_allows_is_let_in(code: str) -> None:
    assert not strangers(ALLOWED["operations"], ast.parse(code))


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_is_still_needed(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text())
    assert strangers(ALLOWED[name.split("/")[0]] | {name.split("/")[0]}, tree)


def test_every_package_of_the_project_is_on_the_map() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {pattern.rstrip("*") for pattern in packages} <= ALLOWED.keys()


@pytest.mark.parametrize("room", [*ALLOWED, "bench", "tests"])
def test_files_and_functions_are_short(room: str) -> None:
    problems = []
    for path in sources(room):
        text = path.read_text()
        name = path.relative_to(ROOT)
        if (lines := len(text.splitlines())) > LINES_A_FILE:
            problems.append(f"{name}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LINES_A_FUNCTION:
                    problems.append(f"{name}: {node.name} has {length} lines")
    assert problems == []
