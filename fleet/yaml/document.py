"""A YAML file as plain dicts and lists that remember where everything stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from fleet.problems import Position, Problem
from fleet.wording import plain


class LocatedMap(dict[str, Any]):
    """A map of the file. `spots`: key -> line and column of the key, then of its value."""

    __slots__ = ("spots",)

    def __init__(self) -> None:
        super().__init__()
        self.spots: dict[str, tuple[int, int, int, int]] = {}


class LocatedList(list[Any]):
    """A list of the file. `spots`: line and column of each element."""

    __slots__ = ("spots",)

    def __init__(self) -> None:
        super().__init__()
        self.spots: list[tuple[int, int]] = []


@dataclass(frozen=True, slots=True)
class Document:
    """A file whose root is a map, and the mistakes that did not stop its reading."""

    file: str
    root: LocatedMap
    problems: tuple[Problem, ...] = ()

    def position(self, path: Sequence[str | int]) -> Position:
        """Where the value at `path` stands; of its nearest parent if it is not in the file."""
        _, (line, column) = self._walk(path)
        return Position(self.file, line, column)

    def key_position(self, path: Sequence[str | int]) -> Position:
        """Where the key that ends `path` stands; of the nearest parent's if it is not there."""
        (line, column), _ = self._walk(path)
        return Position(self.file, line, column)

    def _walk(self, path: Sequence[str | int]) -> tuple[tuple[int, int], tuple[int, int]]:
        """Line and column of the key and of the value at the end of `path`."""
        node: Any = self.root
        key = value = (1, 1)
        for step in path:
            if isinstance(node, LocatedMap) and isinstance(step, str) and step in node:
                spot = node.spots[step]
                key, value, node = spot[:2], spot[2:], node[step]
            elif isinstance(node, LocatedList) and isinstance(step, int) and step < len(node):
                key = value = node.spots[step]
                node = node[step]
            else:
                break
        return key, value


def dotted(path: Sequence[str | int]) -> str:
    """`("sites", "blog", "domains", 0)` as `sites.blog.domains[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{plain(step)}"
    return text.removeprefix(".") or "file"


def map_at(node: Any, *path: str) -> Mapping[str, Any]:
    """The map at `path`; an empty one where the file has something else or nothing."""
    for step in path:
        node = node.get(step) if is_map(node) else None
    return node if is_map(node) else {}


def is_map(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether the value is a map of a file, whose keys are always text."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether the value is a list of a file."""
    return isinstance(value, list)
