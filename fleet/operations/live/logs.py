"""What a site writes to its log.

    for line in site_log(declared, "blog", since=timedelta(minutes=10), follow=True):
        print(line.time, line.message)

FilterLogEvents, asked again and again while following: live tail would be a little quicker, costs
0.01 USD a minute, ends after three hours, and begins with now instead of `since`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3

from fleet.names import log_group_name
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

# FilterLogEvents is limited to some ten calls a second, in an account and region.
POLL_SECONDS = 2.0
# Events become visible some seconds after their time, not always in order, so each look goes back
# a little; what was seen is not told again.
OVERLAP = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Request:
    """A line of the access log: the fields of the image's JSON lines. Other lines have none.

    `seconds`: from the first byte of the request to the last of the answer.
    """

    method: str
    host: str
    uri: str
    status: int
    bytes: int
    seconds: float
    client: str
    cache: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line. `container` is `schema`, `init` or `wordpress`; `task` the ECS task's id."""

    time: datetime
    container: str
    task: str
    message: str
    request: Request | None


def site_log(
    declared: Declared,
    site: str,
    *,
    since: timedelta,
    follow: bool = False,
    pattern: str = "",
    session: boto3.Session | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[LogLine]:
    """The lines since then in the order of time, and with `follow` those to come, without end.

    `pattern` is one of CloudWatch's, which the lines must fit.

    Raises OperationError: an unknown site, one without a log, a call that AWS refuses. The names
    are checked at once, the rest as lines are asked for.
    """
    found = declared.site(site)
    target = declared.home(found)
    group = log_group_name(target.environment, target.cell, found.name)
    client = (session or open_session(target)).client("logs", config=CONFIG)

    def lines() -> Iterator[LogLine]:
        start = datetime.now(UTC) - since
        with told_in_words(target):
            try:
                yield from _read(client, group, start, follow, pattern, sleep)
            except client.exceptions.ResourceNotFoundException as error:
                raise OperationError(
                    f"{target.stack}: {found.name} has no log group {group}: not deployed yet? "
                    f"see `fleet status --env {target.environment}`"
                ) from error

    return lines()


def _read(
    client: CloudWatchLogsClient,
    group: str,
    start: datetime,
    follow: bool,
    pattern: str,
    sleep: Callable[[float], object],
) -> Iterator[LogLine]:
    seen: dict[str, datetime] = {}
    while True:
        asked = datetime.now(UTC)
        for page in _pages(client, group, start, pattern):
            new = [one for one in page if one.get("eventId") not in seen]
            for event in sorted(new, key=lambda one: one.get("timestamp", 0)):
                line = log_line(event)
                seen[event.get("eventId", "")] = line.time
                yield line
        if not follow:
            return
        # In whole milliseconds, as events have them.
        start = max(start, asked.replace(microsecond=asked.microsecond // 1000 * 1000) - OVERLAP)
        seen = {event: at for event, at in seen.items() if at >= start}
        sleep(POLL_SECONDS)


def _pages(
    client: CloudWatchLogsClient, group: str, start: datetime, pattern: str
) -> Iterator[list[FilteredLogEventTypeDef]]:
    """The events since then, of all streams, each page later than the one before."""
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int(start.timestamp() * 1000), filterPattern=pattern
    )
    for page in pages:
        yield page["events"]


def log_line(event: FilteredLogEventTypeDef) -> LogLine:
    """One event of a log, in what the image says."""
    # The awslogs driver names a stream PREFIX/CONTAINER/TASK.
    container, _, task = event.get("logStreamName", "").partition("/")[2].partition("/")
    message = event.get("message", "").rstrip("\n")
    return LogLine(
        time=datetime.fromtimestamp(event.get("timestamp", 0) / 1000, UTC),
        container=container,
        task=task,
        message=message,
        request=_request(message),
    )


def _request(message: str) -> Request | None:
    if not message.startswith("{"):
        return None
    try:
        fields: dict[str, Any] = json.loads(message)
        return Request(
            method=fields["method"],
            host=fields["host"],
            uri=fields["uri"],
            status=int(fields["status"]),
            bytes=int(fields["bytes"]),
            seconds=float(fields["seconds"]),
            client=fields["client"],
            cache=fields.get("cache") or "",
        )
    except (ValueError, KeyError, TypeError):
        # Some program's own JSON.
        return None
