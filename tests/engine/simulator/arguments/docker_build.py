"""docker-build."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs

INPUTS: Inputs = {
    "docker-build:index:Image": lambda s: {"push": True, "tags": ["example.com/app:1"]},
}
