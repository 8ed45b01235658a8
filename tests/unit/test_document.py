"""Where values stand, and that both of PyYAML's parsers say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.yaml import compose
from fleet.yaml.compose import read_document
from fleet.yaml.document import Document, LocatedList, LocatedMap, dotted

ROOT = Path(__file__).parents[2]
TEXT = """\
# ünïcode before
größe: {"ключ": [1, "zwei", three]}
block: |
  two
  lines
anchored: &shop
  port: 80
list:
- first
-   - nested
merged:
  <<: *shop
  own: 1
alias: *shop
"""


@pytest.fixture
def document(tmp_path: Path) -> Document:
    file = tmp_path / "a.yaml"
    file.write_text(TEXT)
    return read_document(file)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("größe",), (2, 1), (2, 8)),
        (("größe", "ключ"), (2, 9), (2, 17)),
        (("größe", "ключ", 1), (2, 21), (2, 21)),
        (("block",), (3, 1), (3, 8)),
        (("anchored", "port"), (7, 3), (7, 9)),
        (("list", 1, 0), (10, 7), (10, 7)),
        (("merged", "port"), (7, 3), (7, 9)),
        (("merged", "own"), (13, 3), (13, 8)),
        (("alias",), (14, 1), (14, 8)),
        (("alias", "port"), (7, 3), (7, 9)),
        (("nowhere",), (1, 1), (1, 1)),
        (("anchored", "missing", "deeper"), (6, 1), (6, 11)),
    ],
)
def test_positions(
    document: Document, path: tuple[str | int, ...], key: tuple[int, int], value: tuple[int, int]
) -> None:
    found = document.key_position(path), document.position(path)
    assert [(each.line, each.column) for each in found] == [key, value]
    assert {each.file for each in found} == {document.file}


def everything(node: Any) -> Any:
    """The values and the spots of a tree."""
    if isinstance(node, LocatedMap):
        return node.spots, {key: everything(value) for key, value in node.items()}
    if isinstance(node, LocatedList):
        return node.spots, [everything(value) for value in node]
    return type(node), node


@pytest.mark.parametrize("text", [TEXT, (ROOT / "sites.yaml").read_text()])
def test_the_parser_in_python_says_the_same(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes over where PyYAML was built without libyaml."""
    file = tmp_path / "a.yaml"
    file.write_text(text)
    fast = read_document(file)
    monkeypatch.setattr(compose, "_Loader", yaml.SafeLoader)
    assert everything(read_document(file).root) == everything(fast.root)


def test_paths_in_words() -> None:
    assert dotted(("sites", "blog", "domains", 0)) == "sites.blog.domains[0]"
    assert dotted(()) == "file"
