"""SQS."""

from __future__ import annotations

from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import QUEUE

INPUTS: Inputs = {
    QUEUE: lambda s: {"name": f"dead-{s.count}", "messageRetentionSeconds": 1_209_600},
}
