"""A command in a task of its own, from its start to its end: what verbs are made of.

ending = run(declared, "blog", ["wp", "cron", "event", "list"], on_line=print)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3

from fleet.operations.data.ending import Ending
from fleet.operations.data.follow import OnLine, follow
from fleet.operations.data.order import USUAL_TIMEOUT, USUAL_WAIT, make_order
from fleet.operations.data.place import place_of
from fleet.operations.data.start import start
from fleet.operations.declared import Declared


def run(
    declared: Declared,
    site: str,
    command: Sequence[str],
    *,
    on_line: OnLine,
    kind: str = "run",
    cpu: int | None = None,
    memory: int | None = None,
    timeout: timedelta = USUAL_TIMEOUT,
    wait: timedelta = USUAL_WAIT,
    spot: bool = True,
    preparing: Mapping[str, Sequence[str]] | None = None,
    environment: Mapping[str, Mapping[str, str]] | None = None,
    token: str | None = None,
    session: boto3.Session | None = None,
) -> Ending:
    """Runs the command as the site, hands its log to `on_line` a line each, and says how it ended.

    Called again with the same `token` within a day it starts nothing, but follows what it started.
    Of a `kind` a site has one at a time; another waits for at most `wait`. `cpu` are CPU units,
    `memory` MiB, by default the site's. `preparing` and `environment`: as in `Order`.
    Raises FleetError: an unknown site, OperationError: a site that was never brought up, what
    `make_order` refuses, a call that AWS refuses.
    """
    limits: Any = {"timeout": timeout, "wait": wait, "spot": spot, "kind": kind}
    order = make_order(declared.site(site), command, cpu=cpu, memory=memory, **limits)
    order = replace(order, preparing=preparing, environment=environment)
    return follow(start(place_of(declared, site, session), order, token), on_line)
