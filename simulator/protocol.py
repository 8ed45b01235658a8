"""Pulumi's gRPC messages, and property values on their way in and out of them."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from typing import Any

from simulator.schema import Schema
from simulator.values import UNKNOWN

# Signatures of the wire format: pulumi/sdk/go/common/resource/sig and plugin/rpc.go.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker, not a secret
OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def skip_sdk_start() -> None:
    """Let `pulumi` be imported without its `__init__`, in a process that needs messages only.

    It takes a third of a second, which each plugin process would spend at each engine operation.
    """
    for name in ("pulumi", "pulumi.runtime"):
        found = importlib.util.find_spec(name)
        if found is None or found.submodule_search_locations is None:
            raise ImportError(f"{name} isn't installed")
        package = types.ModuleType(name)
        package.__path__ = list(found.submodule_search_locations)
        sys.modules[name] = package


def messages() -> types.SimpleNamespace:
    """The modules with the message classes that a provider needs."""
    names = ("provider_pb2", "provider_pb2_grpc", "plugin_pb2", "status_pb2")
    modules = {name: importlib.import_module(f"pulumi.runtime.proto.{name}") for name in names}
    return types.SimpleNamespace(**modules)


def decode(struct: Any) -> dict[str, Any]:
    """A protobuf Struct as plain values; secrets are unwrapped, nulls left out."""
    return {
        name: value
        for name, value in ((name, _decode(inner)) for name, inner in struct.fields.items())
        if value is not None
    }


def _decode(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value == UNKNOWN_TEXT else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "struct_value":
        return _unwrapped(decode(value.struct_value))
    if kind == "list_value":
        return [_decode(element) for element in value.list_value.values]
    return None


def _unwrapped(value: dict[str, Any]) -> Any:
    signature = value.get(SIGNATURE)
    if signature == SECRET:
        return value.get("value")
    if signature == OUTPUT_VALUE:
        return value.get("value", UNKNOWN)
    return value


def encode(struct: Any, props: dict[str, Any], secret: frozenset[str] = frozenset()) -> Any:
    """Write plain values into a protobuf Struct; the named top-level ones as secrets."""
    for name, value in props.items():
        if name in secret and value is not None:
            value = {SIGNATURE: SECRET, "value": value}
        _encode(struct.fields[name], value)
    return struct


def _encode(target: Any, value: Any) -> None:
    if value is UNKNOWN:
        target.string_value = UNKNOWN_TEXT
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, (int, float)):
        target.number_value = value
    elif isinstance(value, dict):
        target.struct_value.SetInParent()
        encode(target.struct_value, value)
    elif isinstance(value, (list, tuple)):
        target.list_value.SetInParent()
        for element in value:
            _encode(target.list_value.values.add(), element)
    else:
        target.null_value = 0


def declared_only(schema: Schema, props: dict[str, Any]) -> dict[str, Any]:
    """The properties that the SDK declares as outputs, in an order that doesn't change."""
    return {name: props[name] for name in sorted(props) if name in schema.outputs}
