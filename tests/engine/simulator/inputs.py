"""Valid arguments of every type, with whatever the thing stands on: a module a service."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples

Inputs = dict[str, Callable[["Samples"], dict[str, Any]]]
"""Type to a function that makes its arguments."""

FOLDER = Path(__file__).with_name("arguments")


def every() -> Inputs:
    """What the modules of the folder say, together."""
    found: Inputs = {}
    for path in sorted(FOLDER.glob("*.py")):
        module = importlib.import_module(f"tests.engine.simulator.arguments.{path.stem}")
        found |= module.INPUTS
    return found
