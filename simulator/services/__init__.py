"""The services of AWS, and the two providers beside it: one folder each, with all that is its own.

table.yaml     a row for each resource type (`simulator.rows`)
schema.json    what the SDK declares of them, generated (`simulator.schema`)
rules.py       what no row says (`simulator.rules`)
functions.py   the provider's functions (`simulator.functions`)
calls.py       answers to boto3 (`simulator.calls`)

All but the table are optional. A module is imported when something of its service is first used,
because a plugin's process must start in a fraction of a second.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

# `index` says nothing, and Python can't have a module named `docker-build`.
_NAMES = {
    "aws.index": "account",
    "docker-build.index": "docker_build",
    "random.index": "random",
    # As boto3 names them.
    "elbv2": "lb",
    "logs": "cloudwatch",
    "sts": "account",
}


def service_of(token: str) -> str:
    """`aws:ecs/service:Service` → `ecs`: the folder of a type or a function."""
    package, module, _ = token.split(":")
    name = f"{package}.{module.split('/')[0]}"
    return _NAMES.get(name, name.removeprefix("aws."))


def service_of_client(name: str) -> str:
    """The folder of a service that boto3 has a client for: `elbv2` → `lb`."""
    return _NAMES.get(name, name)


@cache
def load(service: str, module: str) -> None:
    """Import a service's module, if it has one, so that what is in it is registered."""
    if (FOLDER / service / f"{module}.py").exists():
        importlib.import_module(f"simulator.services.{service}.{module}")
