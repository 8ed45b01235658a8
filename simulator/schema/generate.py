"""Write `schema.json` of each service from the installed SDKs, for every type of its table.

Run `python -m simulator.schema.generate` after adding a row to the table or raising the version
of an SDK.
"""

from __future__ import annotations

import collections.abc
import importlib
import inspect
import json
import sys
import types
import typing
import warnings
from typing import Any

from pulumi import _types as sdk_types

from simulator.rows import tokens
from simulator.schema import path_of
from simulator.services import service_of

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}
_NAMESPACES = {
    "aws": "pulumi_aws",
    "random": "pulumi_random",
    "docker-build": "pulumi_docker_build",
}


def _unwrap(kind: Any) -> Any:
    """The value's own type under `Input[...]` and `Optional[...]`."""
    members = [kind]
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        members = [
            member
            for member in typing.get_args(kind)
            if member is not type(None)
            and "Awaitable" not in str(member)
            and "Output[" not in str(member)
            and not typing.is_typeddict(member)
        ]
    plain = {_enum_value(member) for member in members}
    return plain.pop() if len(plain) == 1 else Any


def _enum_value(kind: Any) -> Any:
    """The type of an enum's values: the SDKs allow the bare value beside each enum."""
    return str if inspect.isclass(kind) and issubclass(kind, str) else kind


class Describer:
    """Turns SDK classes into the notation of `simulator.schema`; collects objects on the way."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}

    def describe(self, kind: Any) -> Any:
        """The notation for one declared type."""
        kind = _unwrap(kind)
        if kind in _PLAIN:
            return _PLAIN[kind]
        origin = typing.get_origin(kind)
        if origin in (list, collections.abc.Sequence):
            return [self.describe(typing.get_args(kind)[0])]
        if origin in (dict, collections.abc.Mapping):
            return {"*": self.describe(typing.get_args(kind)[1])}
        if inspect.isclass(kind) and sdk_types.is_input_type(kind):
            return self._object(kind, sdk_types.input_type_types)
        if inspect.isclass(kind) and sdk_types.is_output_type(kind):
            return self._object(kind, sdk_types.output_type_types)
        return "any"

    def _object(self, kind: type, fields: Any) -> Any:
        name = kind.__name__
        if name not in self.objects:
            self.objects[name] = {}  # first, because an object may hold its own kind
            self.objects[name] = self.properties(fields(kind))
        return {"@": name}

    def properties(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The notation for each property of a class."""
        return {name: self.describe(kind) for name, kind in sorted(fields.items())}


def _sdk_class(token: str) -> tuple[type, type]:
    package, module, name = token.split(":")
    folder = module.split("/")[0]
    path = _NAMESPACES[package] + ("" if folder == "index" else f".{folder}")
    with warnings.catch_warnings(action="ignore"):  # of deprecated classes in the same module
        resource = getattr(importlib.import_module(path), name)
    beside = vars(sys.modules[resource.__module__])
    # The SDK calls a resource's arguments InitArgs where a nested object has taken the name.
    return resource, beside.get(f"{name}InitArgs") or beside[f"{name}Args"]


def generate() -> dict[str, str]:
    """The text of each service's file, for every service that has a table."""
    services: dict[str, dict[str, Any]] = {}
    describers: dict[str, Describer] = {}
    for token in tokens():
        service = service_of(token)
        describer = describers.setdefault(service, Describer())
        resource, arguments = _sdk_class(token)
        entry = services.setdefault(service, {"resources": {}, "types": describer.objects})
        entry["resources"][token] = {
            "inputs": describer.properties(sdk_types.input_type_types(arguments)),
            "outputs": describer.properties(sdk_types.resource_types(resource)),
        }
    return {name: _text(entry) for name, entry in services.items()}


def _text(entry: dict[str, Any]) -> str:
    """JSON with one line a resource or object type, so that a new SDK version reads as a diff."""
    parts = []
    for section in ("resources", "types"):
        lines = [
            f"  {json.dumps(name)}: {json.dumps(value, sort_keys=True)}"
            for name, value in sorted(entry[section].items())
        ]
        parts.append(f'"{section}": {{\n' + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(parts) + "}\n"


def main() -> int:
    """Write the files; returns the exit status."""
    for name, text in generate().items():
        path_of(name).write_text(text)
        print(f"wrote {path_of(name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
