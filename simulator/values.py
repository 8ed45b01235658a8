"""Property values: the unknown value of a preview, and walking along dotted paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final


class _Unknown:
    """A value that a preview can't know yet."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: object) -> _Unknown:
        return self


UNKNOWN: Final = _Unknown()


def has_unknown(value: Any) -> bool:
    """Whether the value, or anything inside it, is unknown."""
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return value is UNKNOWN


def elements(value: Any) -> list[Any]:
    """The elements of a list; none of anything else, such as a value that isn't known yet."""
    return value if isinstance(value, list) else []


def join(at: str, name: str) -> str:
    """`a[0]` and `b` → `a[0].b`."""
    return f"{at}.{name}" if at else name


def blocks(value: Any, path: tuple[str, ...], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object at a path, with its place (`ingress[1]`); steps through lists on the way."""
    if isinstance(value, list):
        for index, element in enumerate(value):
            yield from blocks(element, path, f"{at}[{index}]")
    elif isinstance(value, dict):
        if not path:
            yield at, value
        elif path[0] in value:
            yield from blocks(value[path[0]], path[1:], join(at, path[0]))


def fields(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every object that could hold the last name of a path: its place, the object, the name."""
    *parents, name = path.split(".")
    for at, block in blocks(value, tuple(parents)):
        yield join(at, name), block, name


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every known value at a path, the elements of a list one by one, with its place."""
    for at, block, name in fields(value, path):
        found = block.get(name)
        elements = enumerate(found) if isinstance(found, list) else [(None, found)]
        for index, element in elements:
            if element is not None and element is not UNKNOWN:
                yield at if index is None else f"{at}[{index}]", element


def without_indexes(at: str) -> str:
    """`ingress[1].cidrBlocks[0]` → `ingress.cidrBlocks`: a place as the path of a row."""
    if "[" not in at:
        return at
    return ".".join(part.split("[", 1)[0] for part in at.split("."))
