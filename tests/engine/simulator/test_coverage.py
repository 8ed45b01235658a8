"""The table has a row for each resource type that the program can create."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

from simulator import functions
from simulator.awsx.__main__ import COMPONENTS
from simulator.rows import tokens

ROOT = Path(__file__).parents[3]
SOURCES = [
    ROOT / "__main__.py",
    *sorted((ROOT / "components").rglob("*.py")),
    *sorted((ROOT / "simulator/awsx").glob("*.py")),
]
SDKS = ("pulumi_aws", "pulumi_awsx", "pulumi_random", "pulumi_docker_build")


def names_of(tree: ast.AST) -> dict[str, str]:
    """What a module calls the SDKs: `aws` → `pulumi_aws`."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in SDKS
    }


def used(path: Path) -> Iterator[object]:
    """Everything of the SDKs that a module calls, such as the class `pulumi_aws.s3.Bucket`."""
    tree = ast.parse(path.read_text())
    modules = names_of(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        parts = ast.unparse(node.func).split(".")
        # Not what is called of an answer: `aws.ec2.get_vpc(...).x.apply`.
        if parts[0] in modules and all(part.isidentifier() for part in parts):
            found: object = importlib.import_module(modules[parts[0]])
            for part in parts[1:]:
                found = getattr(found, part)
            yield found


CALLED = [found for path in SOURCES for found in used(path)]
CLASSES = {
    found for found in CALLED if inspect.isclass(found) and issubclass(found, pulumi.Resource)
}
TYPES = sorted(str(getattr(found, "pulumi_type", found)) for found in CLASSES)


def test_the_program_was_read() -> None:
    assert len(TYPES) > 30
    assert "aws:ecs/service:Service" in TYPES


@pytest.mark.parametrize("token", TYPES)
def test_there_is_a_row_for_every_type_that_the_program_creates(token: str) -> None:
    assert token in tokens() or token in COMPONENTS


def test_there_is_code_for_every_function_that_the_program_calls() -> None:
    names = {token.rsplit(":", 1)[1].lower() for token in functions.tokens()}
    for found in CALLED:
        name = getattr(found, "__name__", "")
        if name.startswith("get_"):
            assert name.removesuffix("_output").replace("_", "") in names, name
