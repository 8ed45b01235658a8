"""CloudWatch."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import (
    LOG_GROUP,
)

INPUTS: Inputs = {
    LOG_GROUP: lambda s: {"name": f"/fleet/blog-{s.count}"},
}
