"""Logs, in which nothing was ever written."""

from __future__ import annotations

from typing import Any

from simulator.calls import answers
from simulator.errors import AwsError
from simulator.world import World


@answers("logs", "FilterLogEvents")
def filter_log_events(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if world.get("aws:cloudwatch/logGroup:LogGroup", params["logGroupName"]) is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return {"events": []}
