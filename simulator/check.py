"""Check: the provider's own validation, from the facts of a row and the names of the schema.

Every function yields failures as (place, reason); the words follow the real provider's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from simulator.formats import FORMATS
from simulator.rows import Row
from simulator.schema import Schema
from simulator.values import UNKNOWN, blocks, fields, join, leaves

Failure = tuple[str, str]


def facts(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    """Every breach of the row's facts."""
    yield from _required(row, inputs)
    yield from _enums(row, inputs)
    yield from _ranges(row, inputs)
    yield from _lengths(row, inputs)
    yield from _patterns(row, inputs)
    yield from _formats(row, inputs)
    yield from _max_items(row, inputs)
    yield from _conflicts(row, inputs)
    yield from _exactly_one_of(row, inputs)
    yield from _required_with(row, inputs)


def _required(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    for path in row.required:
        for at, block, name in fields(inputs, path):
            if block.get(name) is None:
                yield at, f'Missing required property "{name}"'


def _enums(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    for path, allowed in row.enums.items():
        for at, value in leaves(inputs, path):
            if value not in allowed:
                options = ", ".join(map(json.dumps, allowed))
                yield at, f"expected {at} to be one of [{options}], got {json.dumps(value)}"


def _ranges(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    for path, (low, high) in row.ranges.items():
        for at, value in leaves(inputs, path):
            try:
                number = float(value)
            except (TypeError, ValueError):
                yield at, f"expected {at} to be a number, got {value!r}"
                continue
            if (low is not None and number < low) or (high is not None and number > high):
                yield at, f"expected {at} to be in the range ({low} - {high}), got {value}"


def _lengths(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    for path, (low, high) in row.lengths.items():
        for at, value in leaves(inputs, path):
            length = len(str(value))
            if high is not None and length > high:
                yield at, f'"{at}" cannot be longer than {high} characters: {value!r}'
            elif low is not None and length < low:
                yield at, f'"{at}" cannot be shorter than {low} characters: {value!r}'


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Go's `$` is the very end, where Python's also stands before a last newline.
    anchored = re.sub(r"\$$", r"\\Z", pattern)
    return re.compile(anchored, re.ASCII)


def _patterns(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    for path, pattern in row.patterns.items():
        for at, value in leaves(inputs, path):
            if not _compiled(pattern).search(str(value)):
                yield at, f"invalid value for {at}: {value!r} (must match {pattern})"


def _formats(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    documents = dict.fromkeys(row.policies, "json")
    for path, name in {**row.formats, **documents}.items():
        for at, value in leaves(inputs, path):
            if reason := FORMATS[name](value):
                yield at, f'"{at}" {reason}'


def _max_items(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    for path, most in row.max_items.items():
        for at, block, name in fields(inputs, path):
            value = block.get(name)
            if isinstance(value, list) and len(value) > most:
                yield at, f"Too many list items: {at} supports {most}, found {len(value)}"


def _given(inputs: dict[str, Any], paths: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """For each block that the paths have in common: its place, and the paths given in it."""
    split = [tuple(path.split(".")) for path in paths]
    shared = 0
    while all(len(path) > shared + 1 for path in split) and (
        len({path[shared] for path in split}) == 1
    ):
        shared += 1
    for at, block in blocks(inputs, split[0][:shared]):
        given = [path for path in split if _present(block, path[shared:])]
        yield at, [".".join(path) for path in given]


def _present(block: dict[str, Any], path: tuple[str, ...]) -> bool:
    holders = blocks(block, path[:-1])
    return any(holder.get(path[-1]) not in (None, "", False) for _, holder in holders)


def _conflicts(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    for group in row.conflicts:
        for at, given in _given(inputs, group):
            if len(given) > 1:
                name = given[0].rsplit(".", 1)[-1]
                yield join(at, name), f'"{given[0]}": conflicts with {", ".join(given[1:])}'


def _exactly_one_of(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    for group in row.exactly_one_of:
        for at, given in _given(inputs, group):
            if len(given) != 1:
                names = ",".join(group)
                found = f"`{','.join(given)}` were specified" if given else "none were specified"
                yield at or group[0], f"only one of `{names}` must be specified, but {found}"


def _required_with(row: Row, inputs: dict[str, Any]) -> Iterator[Failure]:
    for group in row.required_with:
        for at, given in _given(inputs, group):
            missing = [path for path in group if path not in given]
            if group[0] in given and missing:
                yield at or group[0], f'"{group[0]}": all of `{",".join(group)}` must be specified'


def shape(schema: Schema, inputs: dict[str, Any], at: str = "") -> tuple[Any, list[Failure]]:
    """The inputs in the declared types, and what can't be: unknown names, wrong types.

    Like the provider's bridge it takes numbers and booleans for strings and the other way round
    where the text allows it, and encodes an object given for a JSON document.
    """
    caster = _Caster(schema)
    return caster.record(inputs, schema.inputs, at), caster.failures


class _Caster:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.failures: list[Failure] = []

    def record(self, value: dict[str, Any], declared: dict[str, Any], at: str) -> dict[str, Any]:
        result = {}
        for name, inner in value.items():
            if name.startswith("__"):
                result[name] = inner
            elif name not in declared:
                place = join(at, name)
                self.failures.append(
                    (place, f'An argument named "{name}" is not expected here: {place}')
                )
            elif inner is not None:
                result[name] = self.cast(inner, declared[name], join(at, name))
        return result

    def cast(self, value: Any, kind: Any, at: str) -> Any:
        if value is UNKNOWN:
            return value
        if isinstance(kind, list):
            if isinstance(value, list):
                return [self.cast(item, kind[0], f"{at}[{i}]") for i, item in enumerate(value)]
            return self._wrong(value, "a list", at)
        if isinstance(kind, dict):
            if not isinstance(value, dict):
                return self._wrong(value, "an object", at)
            record = self.schema.fields(kind)
            if record is not None:
                return self.record(value, record, at)
            return {key: self.cast(item, kind["*"], join(at, key)) for key, item in value.items()}
        return self._scalar(value, kind, at)

    def _scalar(self, value: Any, kind: str, at: str) -> Any:
        if kind == "any":
            return json.dumps(value) if isinstance(value, (dict, list)) else value
        if isinstance(value, (dict, list)):
            return self._wrong(value, f"a {kind}", at)
        try:
            return _CASTS[kind](value)
        except ValueError:
            return self._wrong(value, f"a {kind}", at)

    def _wrong(self, value: Any, expected: str, at: str) -> Any:
        self.failures.append((at, f"expected {expected} for {at}, got {json.dumps(value)}"))
        return value


def _to_string(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _to_integer(value: Any) -> int:
    if isinstance(value, bool) or float(value) != int(float(value)):
        raise ValueError(value)
    return int(float(value))


def _to_number(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError(value)
    number = float(value)
    return int(number) if number.is_integer() else number


def _to_boolean(value: Any) -> bool:
    if value in (True, False, "true", "false"):
        return value in (True, "true")
    raise ValueError(value)


_CASTS = {
    "string": _to_string,
    "integer": _to_integer,
    "number": _to_number,
    "boolean": _to_boolean,
}
