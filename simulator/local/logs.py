"""What the sites' containers write, as CloudWatch's events: read from the engine when asked for."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from simulator.local.engine import Engine, connect
from simulator.local.place import Place
from simulator.local.runner import GROUP_LABEL, STREAM_LABEL
from simulator.world import World

SECOND = 1000  # milliseconds, in which CloudWatch counts
JSON_KEY = re.compile(r'\{ \$\.(\w+) = "\*" \}')
STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")


def events(world: World, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer to FilterLogEvents: lines of a group since a time, in their order.

    A pattern is a key that a line of JSON must have, or words in quotes, all of which a line must
    hold.
    """
    since = int(params.get("startTime") or 0)
    streams = set(params.get("logStreamNames") or [])
    pattern = params.get("filterPattern") or ""
    engine = connect(Place.of_world(world.path))
    try:
        found = [
            event
            for container in engine.containers()
            if container["Labels"].get(GROUP_LABEL) == params["logGroupName"]
            and (not streams or container["Labels"].get(STREAM_LABEL) in streams)
            for event in _lines(engine, container, since)
            if _fits(event["message"], pattern)
        ]
    finally:
        engine.close()
    return sorted(found, key=lambda event: event["timestamp"])


def _fits(message: str, pattern: str) -> bool:
    if key := JSON_KEY.fullmatch(pattern):
        return message.startswith("{") and f'"{key[1]}":' in message
    return all(word.strip('"') in message for word in pattern.split())


def _lines(engine: Engine, container: dict[str, Any], since: int) -> Iterator[dict[str, Any]]:
    # The API counts in seconds, and Podman tells no more of a line's time than that.
    begin = max(0, since // SECOND)
    raw = engine.client.api.logs(container["Id"], timestamps=True, since=begin or None)
    stream = container["Labels"][STREAM_LABEL]
    same: Counter[str] = Counter()
    for line in raw.decode(errors="replace").splitlines():
        stamp, _, message = line.partition(" ")
        at = _milliseconds(stamp)
        if at is None or at < begin * SECOND:
            continue
        same[line] += 1
        yield {
            "logStreamName": stream,
            "timestamp": at,
            "ingestionTime": at,
            "message": message,
            "eventId": hashlib.sha256(f"{stream} {same[line]} {line}".encode()).hexdigest(),
        }


def _milliseconds(stamp: str) -> int | None:
    """Of `2026-11-29T18:02:00Z`, with any number of decimals, or an offset in place of Z."""
    found = STAMP.fullmatch(stamp)
    if found is None:
        return None
    whole, decimals, offset = found.groups()
    at = datetime.fromisoformat(whole + offset.replace("Z", "+00:00"))
    return int(at.timestamp()) * SECOND + int(f"{(decimals or '')[1:4]:0<3}")
