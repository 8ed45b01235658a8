"""What the program registered as a CloudFormation template, by the rows of cloudformation.yaml.

Values stay those that the provider answered with, so formats of names, ids and ARNs are judged too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.judges import reshape
from tests.program.monitor import Recorded

Template = dict[str, Any]

ROWS = Path(__file__).with_name("cloudformation.yaml")
EVERYTHING = "*"
_NO_LETTER = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """How one type is said; cloudformation.yaml tells what the fields mean."""

    said_as: str | None = None
    within: tuple[str, str] | None = None
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    attributes_in: str = ""
    state: Mapping[str, str] = field(default_factory=dict[str, str])
    json: frozenset[str] = frozenset()
    maps: frozenset[str] = frozenset()
    not_said: Mapping[str, str] = field(default_factory=dict[str, str])
    reshaped: str | None = None


@cache
def rows() -> dict[str, Row]:
    """Pulumi's type -> its row."""
    return {
        token: Row(
            said_as=words.pop("as", None),
            within=tuple(words.pop("within", ())) or None,
            json=frozenset(words.pop("json", ())),
            maps=frozenset(words.pop("maps", ())),
            **words,
        )
        for token, words in yaml.safe_load(ROWS.read_text()).items()
    }


def template(resources: Iterable[Recorded]) -> Template:
    """The resources as one template. Raises KeyError for a type without a row."""
    made = [each for each in resources if not each.is_component]
    own = [each for each in made if rows()[each.type].said_as]
    properties = {each.urn: _properties(each) for each in own}
    for each in made:
        within = rows()[each.type].within
        if within is not None:
            owner = owner_of(each, own)
            _merge(properties[owner.urn], _properties(each, without=within[1]))
    said = {
        logical_id(each): {
            "Type": rows()[each.type].said_as,
            "DeletionPolicy": "Retain" if each.protect else "Delete",
            "UpdateReplacePolicy": "Retain" if each.protect else "Delete",
            "Properties": properties[each.urn],
        }
        for each in own
    }
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": said}


def owner_of(resource: Recorded, among: Iterable[Recorded]) -> Recorded:
    """The resource whose properties in a template say what this one is: itself, as a rule."""
    within = rows()[resource.type].within
    if within is None:
        return resource
    type_, argument = within
    (owner,) = (e for e in among if e.type == type_ and e.id == resource.inputs[argument])
    return owner


def logical_id(resource: Recorded) -> str:
    """Letters and digits that are unique and tell which resource it is."""
    words = [resource.type.rsplit(":", 1)[1], *_NO_LETTER.split(resource.name)]
    return "".join(word[:1].upper() + word[1:] for word in words)


def _properties(resource: Recorded, without: str | None = None) -> dict[str, Any]:
    row = rows()[resource.type]
    if EVERYTHING in row.not_said:
        return {}
    given = {k: v for k, v in resource.inputs.items() if k != without and k not in row.state}
    said = _said(row, "", given)
    for name, target in row.state.items():
        said[target] = resource.inputs.get(name, resource.state[name])
    if row.reshaped is not None:
        said = getattr(reshape, row.reshaped)(resource, said)
    return said


def _said(row: Row, path: str, value: Any) -> Any:
    """A value with CloudFormation's names; lists don't count in `path`."""
    if isinstance(value, str) and path in row.json:
        value = json.loads(value)
        return _said(row, path, value) if isinstance(value, list) else value
    if isinstance(value, list):
        return [_said(row, path, entry) for entry in value]
    if path == "tags":
        return [{"Key": key, "Value": value[key]} for key in sorted(value)]
    if not isinstance(value, Mapping):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    if path in row.maps:
        return dict(value)
    said: dict[str, Any] = {}
    for key, inner in value.items():
        place = f"{path}.{key}" if path else key
        if place in row.not_said or inner is None:
            continue
        if place in row.attributes:
            _add_attribute(row, said, row.attributes[place], inner)
            continue
        target = row.names.get(place, key[0].upper() + key[1:])
        if any(attribute.startswith(f"{place}.") for attribute in row.attributes):
            target = "."
        _put(said, target, _said(row, place, inner))
    return said


def _add_attribute(row: Row, said: dict[str, Any], key: str, value: Any) -> None:
    text = json.dumps(value) if isinstance(value, bool) else str(_said(row, "", value))
    said.setdefault(row.attributes_in, []).append({"Key": key, "Value": text})


def _put(said: dict[str, Any], target: str, value: Any) -> None:
    """Puts a value at a dotted place."""
    if target == ".":
        _merge(said, value)
        return
    first, _, rest = target.partition(".")
    if rest:
        inner: dict[str, Any] = {}
        _put(inner, rest, value)
        value = inner
    if first.endswith("[0]"):
        first, value = first.removesuffix("[0]"), value[0]
    elif first.endswith("[]"):
        first, value = first.removesuffix("[]"), [value]
    _merge(said, {first: value})


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        before = into.get(key)
        if isinstance(before, dict) and isinstance(value, Mapping):
            _merge(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            before.extend(value)
        else:
            into[key] = value
