"""Layers of settings, weak to strong: maps merge, scalars and lists replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.yaml.document import is_list, is_map

Step = str | int


@dataclass(frozen=True, slots=True)
class Layer:
    """A map of the file: `path` says where in the file it stands."""

    path: tuple[Step, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the word on a value stands: in the layer of this rank (0 is the weakest)."""

    rank: int
    path: tuple[Step, ...]


def merge(layers: Sequence[Layer]) -> dict[str, Any]:
    """The last layer's word for every leaf. The layers stay as they are."""
    merged: dict[str, Any] = {}
    for layer in layers:
        _lay(merged, layer.values)
    return merged


def origin(layers: Sequence[Layer], path: Sequence[Step]) -> Origin | None:
    """Where the merged value at `path` was written, None if no layer has a word on it.

    Of a map that several layers write, the strongest one. Steps into a list lead to the list's
    own layer, since lists are never merged.
    """
    for rank in reversed(range(len(layers))):
        node: Any = layers[rank].values
        for step in path:
            if is_map(node):
                if step not in node:
                    break
                node = node[str(step)]
            elif is_list(node) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                # This scalar or list hides whatever weaker layers hold below it.
                return None
        else:
            return Origin(rank, (*layers[rank].path, *path))
    return None


def _lay(below: dict[str, Any], above: Mapping[str, Any]) -> None:
    """Lays `above` over `below`, which belongs to the merge and may change."""
    for key, value in above.items():
        if is_map(value):
            lower = below.get(key)
            if not is_map(lower):
                lower = below[key] = {}
            _lay(lower, value)
        else:
            below[key] = value
