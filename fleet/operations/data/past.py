"""What ran as a site in tasks of its own: from ECS while it remembers, then from the site's log.

ECS forgets a task about an hour after its end. The log, as long as it is kept, has the first and
the last line of each (`container/root/usr/local/bin/fleet-task`), with what ran, for whom and how
it ended. What it can't have is why a task never began, or what killed one that had no time to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fleet.operations.data.ending import SPOT_PROVIDER, Ending, ending_of, ending_with
from fleet.operations.data.follow import LAST_LINE
from fleet.operations.data.place import Place
from fleet.operations.data.start import tasks_of
from fleet.operations.live.account import told_in_words
from fleet.operations.live.tasks import task_id

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ContainerOverrideOutputTypeDef, TaskTypeDef

FIRST_LINE = "fleet-task: begun "
USUAL_SINCE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run of a command. `cpu` are CPU units, `memory` MiB; times are UTC.

    `began`: when the task was asked for or, of one that ECS has forgotten, when the command began.
    `ended` and `ending` are None for one that still runs. `billed`: seconds that AWS counts so far,
    of a forgotten one without the pull of its image.
    """

    id: str
    kind: str
    command: str
    by: str
    began: datetime
    ended: datetime | None
    ending: Ending | None
    cpu: int
    memory: int
    spot: bool
    billed: float


def past_runs(place: Place, since: timedelta = USUAL_SINCE) -> list[PastRun]:
    """The runs since then, the latest first. Raises OperationError for what AWS refuses."""
    now = datetime.now(UTC)
    with told_in_words(place.target):
        logged = _logged(place, now - since)
        known = {run.id: run for run in (_known(task, now) for task in tasks_of(place))}
    # ECS knows more of what it knows at all, but not the words that an old task ran.
    return sorted((logged | known).values(), key=lambda run: run.began, reverse=True)


def _known(task: TaskTypeDef, now: datetime) -> PastRun:
    stopped = task.get("lastStatus") == "STOPPED"
    given = task.get("overrides", {})
    begun, ended = task.get("createdAt", now), task.get("stoppedAt", now) if stopped else None
    pulled = task.get("pullStartedAt")
    words = _words(given.get("containerOverrides", []))
    return PastRun(
        id=task_id(task),
        kind=_option(words, "--kind"),
        command=" ".join(words[words.index("--") + 1 :] if "--" in words else words),
        by=_option(words, "--by"),
        began=begun,
        ended=ended,
        ending=ending_of(task) if stopped else None,
        cpu=int(given.get("cpu") or task.get("cpu") or 0),
        memory=int(given.get("memory") or task.get("memory") or 0),
        spot=task.get("capacityProviderName") == SPOT_PROVIDER,
        billed=((ended or now) - pulled).total_seconds() if pulled else 0.0,
    )


def _words(overrides: list[ContainerOverrideOutputTypeDef]) -> list[str]:
    """What the main container was told to run."""
    found = next((one for one in overrides if one.get("name") == "wordpress"), {})
    return list(found.get("command", []))


def _option(words: list[str], name: str) -> str:
    """The value of an option of fleet-task, whose own end at `--`."""
    own = words[: words.index("--")] if "--" in words else []
    return own[own.index(name) + 1] if name in own else ""


def _logged(place: Place, start: datetime) -> dict[str, PastRun]:
    firsts: dict[str, tuple[datetime, dict[str, Any]]] = {}
    lasts: dict[str, tuple[datetime, dict[str, Any]]] = {}
    for task, time, line in _own_lines(place, start):
        for beginning, found in ((FIRST_LINE, firsts), (LAST_LINE, lasts)):
            said = _json(line.removeprefix(beginning)) if line.startswith(beginning) else None
            if said is not None:
                found[task] = (time, said)
    return {task: _from_log(task, first, lasts.get(task)) for task, first in firsts.items()}


def _own_lines(place: Place, start: datetime) -> Iterator[tuple[str, datetime, str]]:
    """Task, time and text of what fleet-task itself wrote."""
    pages = place.logs.get_paginator("filter_log_events").paginate(
        logGroupName=place.log_group,
        startTime=int(start.timestamp() * 1000),
        filterPattern='"fleet-task: "',
    )
    try:
        for page in pages:
            for event in page["events"]:
                task = event.get("logStreamName", "").rsplit("/", 1)[-1]
                time = datetime.fromtimestamp(event.get("timestamp", 0) / 1000, UTC)
                yield task, time, event.get("message", "").rstrip("\n")
    except place.logs.exceptions.ResourceNotFoundException:
        return


def _from_log(
    task: str,
    first: tuple[datetime, dict[str, Any]],
    last: tuple[datetime, dict[str, Any]] | None,
) -> PastRun:
    began, said = first
    unknown = Ending(outcome="failed", status=None, reason="it was killed before it could say why")
    ended = last[0] if last else began
    return PastRun(
        id=task,
        kind=str(said.get("kind", "")),
        command=str(said.get("command", "")),
        by=str(said.get("by", "")),
        began=began,
        ended=ended,
        ending=ending_with(int(last[1].get("status", 1))) if last else unknown,
        cpu=int(said.get("cpu", 0)),
        memory=int(said.get("memory", 0)),
        spot=bool(said.get("spot", False)),
        billed=(ended - began).total_seconds(),
    )


def _json(text: str) -> dict[str, Any] | None:
    """A command may print such a line of its own."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
