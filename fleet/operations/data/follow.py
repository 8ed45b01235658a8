"""Following a one-off task: its log as it comes, then how it ended.

    ending = follow(one, print)

Whoever follows may go away at any time and come back: the task needs nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fleet.operations.data.ending import OVER_THE_LIMIT, Ending, ending_of
from fleet.operations.data.place import Place
from fleet.operations.data.start import OneOff
from fleet.operations.live.account import told_in_words
from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef

POLL_SECONDS = 2.0
# How fleet-task's own lines begin; the last one of a log says how it ended.
OWN_LINE, LAST_LINE = "fleet-task: ", "fleet-task: ended "
# Lines of a task that has ended become visible some seconds later.
LOG_PATIENCE = timedelta(seconds=20)
# Pulling the image, and a database that wakes; beyond it and the limits nothing is waited for.
START_PATIENCE = timedelta(minutes=15)

OnLine = Callable[[str], object]


def follow(
    one: OneOff,
    on_line: OnLine,
    *,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Ending:
    """Hands each line of the log to `on_line` and returns when the task has ended.

    A task that outlives its limits, though the container should have ended it, is stopped. Raises
    OperationError: a task that ECS has forgotten, a call that AWS refuses.
    """
    log, begun, limits = Log(one.place, one.id), clock(), one.order.timeout + one.order.wait
    latest = begun + (limits + START_PATIENCE).total_seconds()
    with told_in_words(one.place.target):
        while (task := describe(one.place, one.id)).get("lastStatus") != "STOPPED":
            for line in log.new():
                on_line(line)
            if clock() > latest:
                stop(one.place, one.id, OVER_THE_LIMIT)
                latest = float("inf")
            sleep(POLL_SECONDS)
        ended = clock()
        while True:
            for line in log.new():
                on_line(line)
            # One whose main container never ran has no last line.
            never_ran = ending_of(task).status is None
            if log.complete or never_ran or clock() - ended > LOG_PATIENCE.total_seconds():
                return ending_of(task)
            sleep(POLL_SECONDS)


def describe(place: Place, task: str) -> TaskTypeDef:
    """ECS's description. Raises OperationError for one that it doesn't know."""
    found = place.ecs.describe_tasks(cluster=place.cluster, tasks=[task])["tasks"]
    if not found:
        raise OperationError(
            f"{place.target.stack}: ECS knows no task {task} (any more); "
            f"{place.command()} lists what ran"
        )
    return found[0]


def stop(place: Place, task: str, reason: str) -> None:
    """Asks ECS to stop the task: SIGTERM, and SIGKILL after two minutes."""
    place.ecs.stop_task(cluster=place.cluster, task=task, reason=reason)


class Log:
    """The lines of one task's main container, each told once."""

    def __init__(self, place: Place, task: str) -> None:
        self._place, self._stream = place, place.stream(task)
        self._token: str | None = None
        self.complete = False
        """Whether the last line was there."""

    def new(self) -> Iterator[str]:
        """The lines since the last call; none before the task has written any."""
        logs = self._place.logs
        while True:
            more: Any = {"nextToken": self._token} if self._token else {}
            try:
                answer = logs.get_log_events(
                    logGroupName=self._place.log_group,
                    logStreamName=self._stream,
                    startFromHead=True,
                    **more,
                )
            except logs.exceptions.ResourceNotFoundException:
                return
            for event in answer["events"]:
                line = event.get("message", "").rstrip("\n")
                self.complete = self.complete or line.startswith(LAST_LINE)
                yield line
            before, self._token = self._token, answer["nextForwardToken"]
            # At the end CloudWatch gives back the token that it was given; before it an answer may
            # be empty.
            if self._token == before:
                return
