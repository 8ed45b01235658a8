"""The map of rooms: who may import what, and how long functions and files may be."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES_A_FILE = 300
LINES_A_FUNCTION = 40

SDKS = {"pulumi", "pulumi_aws", "pulumi_awsx", "pulumi_random", "pulumi_docker_build"}
AWS = {"boto3", "botocore"}

# What docs/architecture.md allows each room, of the rooms and of the kits that touch AWS.
ALLOWED = {
    "__main__.py": {"fleet", "components", "program", "pulumi"},
    "fleet": set[str](),
    "fleet/api": {"fleet"},
    "fleet/operations": {"fleet", "pulumi.automation", *AWS},
    "fleet/cli": {"fleet"},
    "components": {"fleet", "pulumi", "pulumi_aws", "pulumi_awsx", "pulumi_random"},
    "program": {"fleet", "components", "pulumi", "pulumi_aws"},
    "plugin": {"fleet", "components", "program", "pulumi"},
    # botocore's model of RegisterTaskDefinition checks container definitions there.
    "simulator": {"fleet", *SDKS, "botocore"},
    "setup": set[str](),
}
# Files that need more than their room has, and what for.
EXCEPTIONS = {
    # An inline program that adopts a resource registers it.
    "fleet/operations/recovery/lookup.py": {"pulumi"},
    # The environment `local`, whose account is the simulator's.
    "fleet/operations/simulation.py": {"simulator"},
    # That account as `fleet status` sees it: through boto3.
    "simulator/calls.py": {"boto3"},
}
# The rooms in `fleet` that stand on the others: operations on fleet, cli and api on both.
UPPER = ("fleet.operations.", "fleet.cli.", "fleet.api.")
GUARDED = {
    "fleet",
    "components",
    "program",
    "plugin",
    "simulator",
    "setup",
    "tests",
    *SDKS,
    *AWS,
}


def sources(room: str) -> list[Path]:
    """The files of a room, without those of the rooms inside it."""
    path = ROOT / room
    inner = [ROOT / each for each in ALLOWED if each.startswith(f"{room}/")]
    found = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [each for each in found if not any(each.is_relative_to(other) for other in inner)]


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


def strangers(room: str, tree: ast.AST, exceptions: frozenset[str] = frozenset()) -> set[str]:
    """What the code of a room imports beyond what is allowed."""
    allowed = {room.replace("/", "."), *ALLOWED[room], *exceptions}
    return {
        name
        for name in imports(tree)
        if name.split(".")[0] in GUARDED
        and not any(f"{name}.".startswith(f"{each}.") for each in allowed - _upper(room, name))
    }


def _upper(room: str, name: str) -> set[str]:
    """`fleet`, where the name is of a room inside it that this room knows nothing of."""
    above = {"fleet": UPPER, "fleet/operations": UPPER[1:]}.get(room, ())
    return {"fleet"} if f"{name}.".startswith(above) and above else set()


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_what_the_map_allows(room: str) -> None:
    found = {}
    for path in sources(room):
        name = str(path.relative_to(ROOT))
        exceptions = frozenset(EXCEPTIONS.get(name, ()))
        found[name] = strangers(room, ast.parse(path.read_text()), exceptions)
    assert {name: imported for name, imported in found.items() if imported} == {}


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ("fleet", "import pulumi"),
        ("fleet", "def late():\n    import boto3"),
        ("fleet", "from fleet.operations.verbs import up"),
        ("fleet", "from fleet.operations import verbs"),
        ("fleet/operations", "from fleet.cli.screen import OUT"),
        ("components", "from simulator import World"),
        ("fleet/cli", "import pulumi.automation"),
        ("fleet/operations", "import pulumi"),
        ("fleet/operations", "from pulumi import Output"),
        ("simulator", "from components import policies"),
    ],
)
def test_a_stranger_would_be_found(room: str, code: str) -> None:
    assert strangers(room, ast.parse(code))


@pytest.mark.parametrize(
    "code", ["from pulumi import automation", "from pulumi.automation import Stack", "import boto3"]
)
def test_what_the_map_allows_is_let_in(code: str) -> None:
    assert not strangers("fleet/operations", ast.parse(code))


def test_a_service_of_aws_is_loaded_by_what_is_made_of_it() -> None:
    """Else each run waits a second for classes that it makes nothing of: WAF's take the most."""
    code = "import sys, components; print(*(name for name in sys.modules if name.count('.') == 2))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {each.split(".")[1] for each in shown.stdout.split() if each.startswith("pulumi_aws.")}
    # Whose name of the engine is a constant.
    assert loaded <= {"rds"}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_is_still_needed(name: str) -> None:
    room = max((each for each in ALLOWED if name.startswith(f"{each}/")), key=len)
    assert strangers(room, ast.parse((ROOT / name).read_text()))


def test_one_package_is_installed() -> None:
    """Else a stranger's environment would have a top-level `cli`, `operations` or `components`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["packages"]["find"]["include"] == ["fleet*"]


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


def needed(path: Path) -> set[str]:
    """Modules of the project that must be there before this one: what it imports as it loads."""
    tree = ast.parse(path.read_text())
    found = set[str]()
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= set(imports(ast.Module([node], [])))
    return found


def test_no_import_goes_in_a_circle() -> None:
    rooms = ("fleet", "components", "program", "plugin", "simulator")
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if ".venv" not in path.parts
    }
    graph = {
        module: {name if name in paths else name.rpartition(".")[0] for name in needed(path)}
        & paths.keys() - {module}
        for module, path in paths.items()
    }
    TopologicalSorter(graph).prepare()
