"""The names and types of every argument and output, as the Python SDKs declare them.

`schema.json` of each service's folder is read off `pulumi_aws`, `pulumi_random` and
`pulumi_docker_build` by `python -m simulator.schema.generate`, because importing an SDK takes
half a second and a plugin must start in a fraction of that. A test generates them again and
compares.

A type is written as: `"string"`, `"integer"`, `"number"`, `"boolean"` or `"any"`;
`[T]` a list of T; `{"*": T}` a map to T; `{"@": NAME}` an object declared under `types`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulator.services import FOLDER, service_of


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


@cache
def _service(name: str) -> dict[str, Any]:
    path = path_of(name)
    return json.loads(path.read_text()) if path.exists() else {"resources": {}, "types": {}}


def path_of(service: str) -> Path:
    """The file of a service's declarations."""
    return FOLDER / service / "schema.json"


@cache
def schema_of(token: str) -> Schema | None:
    """The declaration of a type; None when no SDK file here declares it."""
    service = _service(service_of(token))
    entry = service["resources"].get(token)
    if entry is None:
        return None
    return Schema(entry["inputs"], entry["outputs"], service["types"])
