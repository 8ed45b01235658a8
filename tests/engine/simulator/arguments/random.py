"""random."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs

INPUTS: Inputs = {
    "random:index/randomPassword:RandomPassword": lambda s: {"length": 32},
}
