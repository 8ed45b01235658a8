"""The table of resource types: one row of facts a type, in `services/SERVICE/table.yaml`.

A row says what the provider and AWS do with a type, in data. Paths are dotted property names;
lists on the way are stepped through without a mark (`ingress.cidrBlocks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from simulator.errors import UnknownTypeError
from simulator.services import FOLDER, service_of


@dataclass(frozen=True, slots=True)
class Reference:
    """A property that names another resource, which must exist.

    `by` is the target's property that is named (default: its key in the world). `error` is what
    AWS answers when there is no such resource; values that match `unless` are AWS's own and not
    looked up. With `holds` the target can't be deleted while this resource names it.
    """

    to: str
    error: str
    by: str | None = None
    holds: str | None = None
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class Unique:
    """Properties that no two resources of the type have in common."""

    by: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Autoname:
    """The provider's rule for a name that the program leaves out."""

    property: str
    maxlen: int
    lower: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What is known about one resource type.

    id, key: templates (see `simulator.outputs`) of the id that Pulumi sees and of the key in the
        world, which differ where AWS has several things under one id (task definitions).
    import_id: template of the id that an import takes, where it is neither of both.
    local: it exists in Pulumi's state only, not in the account (random values).
    upsert: creating one that exists overwrites it, as a Put call does.
    overwrite: the input that makes a creation overwrite one that exists.
    replaces: paths whose change replaces the resource.
    outputs: property → template or value that the provider fills in when it is absent.
    keeps: inputs that may be left out without a diff, beyond those in `outputs`.
    sets: paths of lists whose order has no meaning.
    policies: paths of policy documents → `identity`, `resource` or `trust`.
    bad_policy: the error code of AWS's answer to a bad one.
    formats: paths → name of a check in `simulator.formats`.
    secret: outputs that are secret.
    retries: operation → parts of errors that the provider waits and tries again on.
    """

    token: str
    id: str
    key: str
    import_id: str | None = None
    local: bool = False
    upsert: bool = False
    overwrite: str | None = None
    autoname: Autoname | None = None
    delete_before_replace: bool = False
    required: tuple[str, ...] = ()
    replaces: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    enums: Mapping[str, list[Any]] = field(default_factory=dict)
    ranges: Mapping[str, list[float | None]] = field(default_factory=dict)
    lengths: Mapping[str, list[int | None]] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    max_items: Mapping[str, int] = field(default_factory=dict)
    conflicts: tuple[tuple[str, ...], ...] = ()
    exactly_one_of: tuple[tuple[str, ...], ...] = ()
    required_with: tuple[tuple[str, ...], ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    keeps: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    policies: Mapping[str, str] = field(default_factory=dict)
    bad_policy: str = "MalformedPolicyDocument"
    secret: frozenset[str] = frozenset()
    unique: tuple[Unique, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    retries: Mapping[str, list[str]] = field(default_factory=dict)


def _groups(value: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group) for group in value)


_READERS: dict[str, Any] = {
    "autoname": lambda value: Autoname(**value),
    "required": tuple,
    "replaces": frozenset,
    "conflicts": _groups,
    "exactly_one_of": _groups,
    "required_with": _groups,
    "keeps": frozenset,
    "sets": frozenset,
    "secret": frozenset,
    "unique": lambda value: tuple(Unique(tuple(u["by"]), u["error"]) for u in value),
    "references": lambda value: {path: Reference(**entry) for path, entry in value.items()},
}


@cache
def _service(name: str) -> dict[str, dict[str, Any]]:
    path = FOLDER / name / "table.yaml"
    if not path.exists():
        return {}
    # libyaml's loader, where PyYAML has it, is ten times as fast; both are safe ones.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(), Loader=loader)  # noqa: S506


def tokens() -> list[str]:
    """Every type that has a row, sorted."""
    return sorted(
        token for path in FOLDER.glob("*/table.yaml") for token in _service(path.parent.name)
    )


@cache
def row_of(token: str) -> Row:
    """The row of a type; UnknownTypeError when there is none."""
    entry = _service(service_of(token)).get(token) if token.count(":") == 2 else None
    if entry is None:
        raise UnknownTypeError("resource type", token)
    values = {
        name: _READERS[name](value) if name in _READERS else value for name, value in entry.items()
    }
    return Row(token=token, **{"key": entry["id"], **values})
