"""The names and types of every argument and output, as the Python SDKs declare them.

The JSON files beside this module are read off `pulumi_aws`, `pulumi_random` and
`pulumi_docker_build` by `python -m simulator.schema.generate`, one file a service, because
importing an SDK takes half a second and a plugin must start in a fraction of that. A test
generates them again and compares.

A type is written as: `"string"`, `"integer"`, `"number"`, `"boolean"` or `"any"`;
`[T]` a list of T; `{"*": T}` a map to T; `{"@": NAME}` an object declared under `types`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Schema:
    """Declared properties of one resource type, and the object types that they name."""

    inputs: dict[str, Any]
    outputs: dict[str, Any]
    types: dict[str, dict[str, Any]]

    def fields(self, kind: Any) -> dict[str, Any] | None:
        """The properties of an object type; None for any other kind of type."""
        if isinstance(kind, dict) and "@" in kind:
            return self.types[kind["@"]]
        return None


def service_of(token: str) -> str:
    """`aws:ecs/service:Service` → `aws.ecs`: the name of the file that holds a type."""
    package, module, _ = token.split(":")
    return f"{package}.{module.split('/')[0]}"


@cache
def _service(name: str) -> dict[str, Any]:
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {"resources": {}, "types": {}}


@cache
def schema_of(token: str) -> Schema | None:
    """The declaration of a type; None when no SDK file here declares it."""
    service = _service(service_of(token))
    entry = service["resources"].get(token)
    if entry is None:
        return None
    return Schema(entry["inputs"], entry["outputs"], service["types"])
