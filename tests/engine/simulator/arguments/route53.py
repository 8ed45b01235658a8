"""Route 53."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import happenings
from tests.engine.simulator.inputs import Inputs
from tests.engine.simulator.names import RECORD

if TYPE_CHECKING:
    from tests.engine.simulator.samples import Samples


def _record(samples: Samples) -> dict[str, Any]:
    zone = happenings.host_zone(samples.aws.world, "example.com")
    return {
        "zoneId": zone.id,
        "name": f"site-{samples.count}.example.com",
        "type": "CNAME",
        "ttl": 300,
        "records": ["elsewhere.example.org"],
    }


INPUTS: Inputs = {RECORD: _record}
