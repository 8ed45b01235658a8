"""Container definitions: valid by botocore's model of RegisterTaskDefinition, and comparable."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from simulator.values import UNKNOWN

# HealthCheck of a container definition: interval and timeout in seconds.
_HEALTH_DEFAULTS = {"interval": 30, "retries": 3, "timeout": 5}


@cache
def _validate() -> Any:
    """A function from definitions to botocore's report. Its import takes a quarter of a second."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel
    from botocore.validate import ParamValidator

    model = ServiceModel(Loader().load_service_model("ecs", "service-2"))
    shape = model.shape_for("RegisterTaskDefinitionRequest")
    validator = ParamValidator()

    def validate(definitions: list[Any]) -> str:
        given = {"family": "checked", "containerDefinitions": definitions}
        return validator.validate(given, shape).generate_report()

    return validate


@cache
def _enums() -> dict[str, frozenset[str]]:
    """Values of the enums that container definitions use; botocore's validator passes them over."""
    from botocore.loaders import Loader

    shapes = Loader().load_service_model("ecs", "service-2")["shapes"]
    return {name: frozenset(shape["enum"]) for name, shape in shapes.items() if "enum" in shape}


def problems(text: str) -> list[str]:
    """What is wrong with a JSON list of container definitions."""
    try:
        definitions = json.loads(text)
    except ValueError as error:
        return [f"ECS Task Definition container_definitions is invalid: {error}"]
    if not isinstance(definitions, list) or not definitions:
        return ["ECS Task Definition container_definitions is invalid: not a list of containers"]
    for index, entry in enumerate(definitions):
        if not isinstance(entry, dict) or not entry:
            return [f"invalid container definition supplied at index ({index})"]
        missing = [name for name in ("name", "image") if not entry.get(name)]
        if missing:
            return [f"container definition {index} has no {' and no '.join(missing)}"]
    report = _validate()(definitions)
    return [*([report] if report else []), *_enum_problems(definitions)]


def _enum_problems(definitions: list[dict[str, Any]]) -> list[str]:
    found = []
    for entry in definitions:
        used = [("LogDriver", (entry.get("logConfiguration") or {}).get("logDriver"))]
        used += [
            ("ContainerCondition", wait.get("condition")) for wait in entry.get("dependsOn", [])
        ]
        used += [
            ("TransportProtocol", port.get("protocol")) for port in entry.get("portMappings", [])
        ]
        used += [("VersionConsistency", entry.get("versionConsistency"))]
        for enum, value in used:
            if value is not None and value not in _enums()[enum]:
                found.append(f"{value!r} is not a {enum}: {', '.join(sorted(_enums()[enum]))}")
    return found


def canonical(text: str, *, awsvpc: bool) -> Any:
    """Definitions without what makes no difference to ECS; the text itself when it isn't JSON."""
    try:
        definitions = json.loads(text)
    except ValueError:
        return text
    return json.dumps(
        sorted(
            (_container(entry, awsvpc=awsvpc) for entry in definitions),
            key=lambda entry: entry.get("name", ""),
        ),
        sort_keys=True,
        default=lambda value: "unknown" if value is UNKNOWN else str(value),
    )


def _container(entry: dict[str, Any], *, awsvpc: bool) -> dict[str, Any]:
    entry = {name: value for name, value in entry.items() if value not in (None, [], {}, "", 0)}
    entry.setdefault("essential", True)
    for name in ("environment", "secrets"):
        if name in entry:
            entry[name] = sorted(entry[name], key=lambda item: str(item.get("name")))
    if "healthCheck" in entry:
        entry["healthCheck"] = {**_HEALTH_DEFAULTS, **entry["healthCheck"]}
    if "portMappings" in entry:
        entry["portMappings"] = [_port(port, awsvpc=awsvpc) for port in entry["portMappings"]]
    return entry


def _port(port: dict[str, Any], *, awsvpc: bool) -> dict[str, Any]:
    port = {name: value for name, value in port.items() if value not in (None, "", 0)}
    if port.get("protocol") == "tcp":
        del port["protocol"]
    if awsvpc and port.get("hostPort") == port.get("containerPort"):
        port.pop("hostPort", None)
    return port
