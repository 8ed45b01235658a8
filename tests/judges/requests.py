"""botocore's word on the calls that make a template's resources: the models that AWS publishes.

botocore itself only looks for what is required and of which type. Here lengths, ranges, patterns
and lists of allowed values are looked at too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape, StructureShape

ROWS = Path(__file__).with_name("requests.yaml")
Problem = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """How one type is asked for; requests.yaml tells what the fields mean."""

    calls: list[str]
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    not_asked: Mapping[str, str] = field(default_factory=dict[str, str])


@cache
def rows() -> dict[str, Row]:
    """CloudFormation's type -> its row."""
    return {type_: Row(**words) for type_, words in yaml.safe_load(ROWS.read_text()).items()}


def problems(resource: Mapping[str, Any]) -> Iterator[Problem]:
    """What the models have against the calls that make a resource. KeyError: it has no row."""
    row = rows()[resource["Type"]]
    shapes = {call: _input(call) for call in row.calls}
    asked: dict[str, dict[str, Any]] = {call: {} for call in row.calls}
    asked[row.calls[0]].update(row.given)
    for name, value in resource["Properties"].items():
        if name in row.not_asked:
            continue
        for parameter, inner in _parameters(row, name, value):
            call, member = _taker(shapes, parameter)
            if member is None:
                yield "unknown parameter", f"{parameter}: no parameter of {', '.join(row.calls)}"
            else:
                asked[call][member] = _cased(shapes[call].members[member], inner)
    for call, parameters in asked.items():
        required = call == row.calls[0]
        if parameters:
            yield from _structure(shapes[call], parameters, call, required)


def _parameters(row: Row, name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The parameters of a property: one, or one for each field of it."""
    target = row.names.get(name, name)
    inner = {
        key.partition(".")[2]: new for key, new in row.names.items() if key.startswith(f"{name}.")
    }
    if target == ".":
        yield from value.items()
    elif inner:
        yield from ((inner.get(key, key), each) for key, each in value.items())
    else:
        yield target, value


def _taker(shapes: Mapping[str, StructureShape], parameter: str) -> tuple[str, str | None]:
    for call, shape in shapes.items():
        member = _member(shape, parameter)
        if member is not None:
            return call, member
    return "", None


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"))


def _input(call: str) -> StructureShape:
    service, _, operation = call.partition(".")
    shape = _model(service).operation_model(operation).input_shape
    assert isinstance(shape, StructureShape), call
    return shape


def _member(shape: StructureShape, name: str) -> str | None:
    return next((each for each in shape.members if each.lower() == name.lower()), None)


def _cased(shape: Shape, value: Any) -> Any:
    """A value as the call has it: its names of fields, and documents as text."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {_member(shape, key) or key: _inner(shape, key, each) for key, each in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_cased(shape.member, each) for each in value]
    if shape.type_name == "map" and isinstance(value, list):
        return {each["Key"]: each["Value"] for each in value}
    if shape.type_name == "string" and isinstance(value, dict | list):
        return json.dumps(value)
    if shape.type_name in ("integer", "long") and isinstance(value, str) and value.isdigit():
        return int(value)
    return value


def _inner(shape: Shape, key: str, value: Any) -> Any:
    member = _member(shape, key)
    return value if member is None else _cased(shape.members[member], value)


def _checked(shape: Shape, value: Any, path: str) -> Iterator[Problem]:
    kind = shape.type_name
    if kind == "structure":
        yield from _structure(shape, value, path, True)
    elif kind == "list" and isinstance(value, list):
        yield from _bounds(shape, len(value), path, "entries")
        for index, each in enumerate(value):
            yield from _checked(shape.member, each, f"{path}[{index}]")
    elif kind == "string" and isinstance(value, str):
        yield from _text(shape, value, path)
    elif kind in ("integer", "long", "float", "double") and not isinstance(value, str | bool):
        yield from _bounds(shape, value, path, "")
    elif not _fits(kind, value):
        yield "wrong type", f"{path}: {value!r} is no {kind}"


def _fits(kind: str, value: Any) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "blob":
        return isinstance(value, bytes)
    return kind == "map" and isinstance(value, Mapping)


def _structure(shape: Any, value: Any, path: str, required: bool) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield "wrong type", f"{path}: {value!r} is no structure"
        return
    for name in shape.required_members if required else ():
        if name not in value:
            yield "missing parameter", f"{path}: {name} is required"
    for name, each in value.items():
        if name in shape.members:
            yield from _checked(shape.members[name], each, f"{path}.{name}")
        else:
            yield "unknown parameter", f"{path}: there is no {name}"


def _text(shape: Any, value: str, path: str) -> Iterator[Problem]:
    if shape.enum and value not in shape.enum:
        yield "unknown value", f"{path}: {value!r} is none of {', '.join(shape.enum)}"
    yield from _bounds(shape, len(value), path, "characters")
    pattern = _pattern(shape.metadata.get("pattern", ""))
    if not pattern.search(value):
        yield "wrong format", f"{path}: {value!r} does not match {pattern.pattern}"


@cache
def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error:
        # Java's classes of letters, \\p{L}, which Python lacks, stand in patterns of tags alone.
        return re.compile("")


def _bounds(shape: Shape, size: float, path: str, unit: str) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        yield "out of range", f"{path}: {size} {unit} is not from {least} to {most}"
