"""Functions of the provider that look something up.

    @function("aws:ec2/getVpc:getVpc")
    def vpc(world: World, args: dict[str, Any], region: str) -> dict[str, Any]:
        return {...}

They stand in `functions.py` of the service's folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.errors import UnknownTypeError
from simulator.services import FOLDER, load, service_of
from simulator.world import World

Function = Callable[[World, dict[str, Any], str], dict[str, Any]]

_FUNCTIONS: dict[str, Function] = {}


def function(token: str) -> Callable[[Function], Function]:
    """Makes the decorated function the provider's: world, arguments and region in, result out."""

    def register(function: Function) -> Function:
        _FUNCTIONS[token] = function
        return function

    return register


def call(world: World, token: str, args: dict[str, Any], region: str) -> dict[str, Any]:
    """The result of a function; AwsError when AWS refuses, UnknownTypeError for another one."""
    load(service_of(token), "functions")
    if token not in _FUNCTIONS:
        raise UnknownTypeError("function", token)
    return _FUNCTIONS[token](world, args, region)


def tokens() -> list[str]:
    """Every function that there is, sorted."""
    for path in FOLDER.glob("*/functions.py"):
        load(path.parent.name, "functions")
    return sorted(_FUNCTIONS)
