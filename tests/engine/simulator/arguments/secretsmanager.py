"""Secrets Manager."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    SECRET,
    VERSION,
)

INPUTS: Inputs = {
    SECRET: lambda s: {},
    VERSION: lambda s: {"secretId": s.id(SECRET), "secretString": "hush"},
}
