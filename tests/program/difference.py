"""What differs between two runs of the program, leaf by leaf."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.program.monitor import Recorded
from tests.program.recording import Recording, short_type


@dataclass(frozen=True, slots=True)
class Difference:
    """From one run to another.

    added, removed: resources as `rds:ClusterInstance blog-database-2`. changed: inputs and options
    as `ecs:TaskDefinition blog cpu` → new value, None where it is gone. JSON documents are read,
    and lists of named things go by name: `containerDefinitions.init.environment.FLEET_CPU`.
    """

    added: frozenset[str]
    removed: frozenset[str]
    changed: Mapping[str, Any]


NOTHING = Difference(frozenset(), frozenset(), {})


def difference(before: Recording, after: Recording) -> Difference:
    """Compares resources with the same URN."""
    old = {urn: leaves(each) for urn, each in before.resources.items()}
    new = {urn: leaves(each) for urn, each in after.resources.items()}
    return Difference(
        added=frozenset(label(after.resources[urn]) for urn in new.keys() - old.keys()),
        removed=frozenset(label(before.resources[urn]) for urn in old.keys() - new.keys()),
        changed={
            f"{label(after.resources[urn])} {path}": new[urn].get(path)
            for urn in sorted(old.keys() & new.keys())
            for path in sorted(old[urn].keys() | new[urn].keys())
            if old[urn].get(path) != new[urn].get(path)
        },
    )


def label(resource: Recorded) -> str:
    """`rds:Cluster blog-database`: short type and logical name."""
    return f"{short_type(resource.type)} {resource.name}"


def leaves(resource: Recorded, *, without_ignored: bool = False) -> dict[str, Any]:
    """Inputs by path, and the options that a user would notice.

    `without_ignored` leaves out what the engine keeps as it was made (`ignore_changes`).
    """
    found = dict(_leaves(resource.inputs, ""))
    if without_ignored:
        found = {
            path: value
            for path, value in found.items()
            if not any(f"{path}.".startswith(f"{kept}.") for kept in resource.ignore_changes)
        }
    options = {"protect": resource.protect, "ignore_changes": sorted(resource.ignore_changes)}
    return {**found, **options}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, str) and value[:1] in ("{", "[") and value[:2] != "{%":
        value = json.loads(value)
    if isinstance(value, Mapping) and value:
        pairs = value.items()
    elif isinstance(value, list) and value:
        pairs = [(_key(entry, index), entry) for index, entry in enumerate(value)]
    else:
        yield path, value
        return
    for key, inner in pairs:
        # A name and value pair is one leaf under the name.
        pair = isinstance(inner, Mapping) and set(inner) in (
            {"name", "value"},
            {"name", "valueFrom"},
        )
        leaf = next(v for k, v in inner.items() if k != "name") if pair else inner
        yield from _leaves(leaf, f"{path}.{key}" if path else str(key))


def _key(entry: Any, index: int) -> str:
    return str(entry["name"]) if isinstance(entry, Mapping) and "name" in entry else str(index)
