"""Diff: what changes between two sets of inputs, and whether it replaces the resource."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from simulator.difference import Difference, Kind
from simulator.outputs import apply_defaults
from simulator.policies import same_policy
from simulator.rows import Row
from simulator.rules import hooks
from simulator.values import UNKNOWN, join, without_indexes


def differences(
    row: Row, old: dict[str, Any], new: dict[str, Any], ignored: tuple[str, ...] = ()
) -> list[Difference]:
    """Everything that differs, but what the provider and AWS hold to be equal.

    Left-out arguments stand for their defaults; those that the provider computes, or keeps, stay
    as they are when the program leaves them out. `ignored`: paths of `ignore_changes`.
    """
    old, new = _canonical(row, old), _canonical(row, new)
    comparison = _Comparison(row)
    found = []
    for at, kind in comparison.objects(old, new, ""):
        if not any(_within(at, path) for path in ignored):
            found.append(Difference(at, kind, comparison.replaces(at)))
    return hooks(row.token).differences(found, old, new)


def _within(at: str, ignored: str) -> bool:
    pattern = without_indexes(ignored.replace('["', ".").replace('"]', ""))
    path = without_indexes(at)
    return path == pattern or path.startswith(f"{pattern}.")


def _canonical(row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    inputs = copy.deepcopy(inputs)
    apply_defaults(row, inputs)
    return hooks(row.token).canonical(inputs)


class _Comparison:
    def __init__(self, row: Row) -> None:
        self.row = row

    def replaces(self, at: str) -> bool:
        """Whether a change there, or of anything around it, replaces the resource."""
        parts = without_indexes(at).split(".")
        return any(
            ".".join(parts[:length]) in self.row.replaces for length in range(1, len(parts) + 1)
        )

    def objects(
        self, old: dict[str, Any], new: dict[str, Any], at: str
    ) -> Iterator[tuple[str, Kind]]:
        for name in sorted(old.keys() | new.keys()):
            if name.startswith("__"):
                continue
            yield from self._values(old.get(name), new.get(name), join(at, name))

    def _values(self, old: Any, new: Any, at: str) -> Iterator[tuple[str, Kind]]:
        if old is new or old == new:
            return
        if at == "region" and (old is None or new is None):
            return  # unset is the provider's own
        path = without_indexes(at)
        if new is None:
            if not self._kept(path) and old not in ("", [], {}):
                yield at, "delete"
        elif old is None:
            if new not in ("", [], {}):
                yield at, "add"
        elif isinstance(old, dict) and isinstance(new, dict):
            yield from self.objects(old, new, at)
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._lists(old, new, at, path)
        elif not self._same_document(old, new, path):
            yield at, "update"

    def _kept(self, path: str) -> bool:
        """Whether leaving the property out leaves it as it is."""
        if path in self.row.keeps or path in self.row.outputs:
            return True
        top, _, inner = path.partition(".")
        computed = self.row.outputs.get(top)
        return isinstance(computed, dict) and inner in computed

    def _lists(self, old: list[Any], new: list[Any], at: str, path: str) -> Iterator[Any]:
        if path in self.row.sets:
            if sorted(map(_text, old)) == sorted(map(_text, new)):
                return
            if len(old) != len(new) or not all(isinstance(item, dict) for item in old + new):
                yield at, "update"
                return
            old, new = sorted(old, key=_text), sorted(new, key=_text)
        for index, (before, after) in enumerate(zip(old, new, strict=False)):
            yield from self._values(before, after, f"{at}[{index}]")
        for index in range(len(new), len(old)):
            yield f"{at}[{index}]", "delete"
        for index in range(len(old), len(new)):
            yield f"{at}[{index}]", "add"

    def _same_document(self, old: Any, new: Any, path: str) -> bool:
        if new is UNKNOWN or old is UNKNOWN:
            return False
        if path in self.row.policies:
            return same_policy(old, new)
        if self.row.formats.get(path) == "json":
            try:
                return json.loads(old) == json.loads(new)
            except (TypeError, ValueError):
                return False
        return False


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
