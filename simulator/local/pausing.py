"""Aurora's automatic pause: a server that nobody is connected to is frozen, until somebody is.

The kernel takes connections to a frozen server, which then wait for its greeting, as clients of a
paused cluster wait. Its memory stays in use.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from simulator.local.engine import Engine
from simulator.world import Resource

PORT = f":{3306:04X}"
ESTABLISHED = "01"  # include/net/tcp_states.h


@dataclass
class Pausing:
    """Of all clusters. A new agent begins to count anew."""

    engine: Engine
    _busy: dict[str, float] = field(default_factory=dict)
    """When somebody was connected last."""
    _called: dict[str, float] = field(default_factory=dict)
    """Since when somebody waits for a paused one."""

    def keep(self, cluster: Resource, name: str, state: str) -> None:
        """Pauses the cluster's server, or lets it go on, if it is time."""
        scaling = cluster.props.get("serverlessv2ScalingConfiguration") or {}
        limit = scaling.get("secondsUntilAutoPause")
        if limit is None and state == "running":
            return
        # Who may pause no more goes on.
        now, connected = time.time(), limit is None or self._is_connected(name)
        if state == "paused":
            called = self._called.setdefault(name, now) if connected else now
            if connected and now >= called + self.engine.place.resume:
                self.engine.client.api.unpause(name)
                self._busy[name] = now
            return
        self._called.pop(name, None)
        since = now if connected else self._busy.get(name, now)
        self._busy[name] = since
        if not connected and now >= since + float(limit or 0):
            self.engine.client.api.pause(name)

    def _is_connected(self, name: str) -> bool:
        """Whether any connection to the server is open; yes where this machine doesn't tell."""
        found = self.engine.inspect(name)
        tables = Path(f"/proc/{found['State']['Pid'] if found else 0}/net")
        try:
            lines = [*_lines(tables / "tcp"), *_lines(tables / "tcp6")]
        except OSError:
            return True
        return any(own.endswith(PORT) and state == ESTABLISHED for _, own, _, state, *_ in lines)


def _lines(table: Path) -> list[list[str]]:
    return [line.split() for line in table.read_text().splitlines()[1:]]
