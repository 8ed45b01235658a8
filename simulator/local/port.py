"""Who holds the port that the load balancer is to have."""

from __future__ import annotations

import psutil

from simulator.local.engine import FOLDER_LABEL, LABEL, Engine


def holder(engine: Engine) -> str | None:
    """Whoever else listens on the checkout's port, in words; None when it is free or its own."""
    port = engine.place.port
    listening = [
        one
        for one in psutil.net_connections("tcp")
        if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port
    ]
    if not listening:
        return None
    # With a container the port belongs to a process of the engine's, which says little.
    for one in engine.client.api.containers(filters={"label": LABEL}):
        if any(each.get("PublicPort") == port for each in one["Ports"]):
            own = one["Labels"][LABEL] == engine.place.name
            return None if own else f"the fleet in {one['Labels'].get(FOLDER_LABEL)}"
    pid = listening[0].pid
    # Another user's processes are not shown.
    return f"{psutil.Process(pid).name()} (process {pid})" if pid else "another user's process"
