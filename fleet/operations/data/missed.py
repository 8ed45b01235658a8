"""Turns of jobs that nobody took: a task was due, and none began.

A start that AWS refuses lies among the dead letters after an hour, and alarms tell of it. Of one
that was never tried, because its schedule is gone or disabled, nobody hears; here it shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import boto3

from fleet.fields.occurrences import occurrences
from fleet.names import cluster_name
from fleet.operations.data.past import USUAL_SINCE
from fleet.operations.live.account import CONFIG, told_in_words
from fleet.operations.target import Target

# Scheduler tries a start for an hour (components/site/schedules.py), and keeps to the minute.
LATEST = timedelta(minutes=65)


def schedules_of(targets: Iterable[Target], session: boto3.Session) -> dict[str, datetime]:
    """The name of each enabled schedule, and when it was made or changed last.

    Sites of all stacks have different names. Raises OperationError for what AWS refuses.
    """
    # Its types are in no package that is locked.
    scheduler: Any = session.client("scheduler", config=CONFIG)
    found: dict[str, datetime] = {}
    for target in dict.fromkeys(targets):
        group = cluster_name(target.environment, target.cell)
        pages = scheduler.get_paginator("list_schedules").paginate(GroupName=group)
        # Without such a group nothing is deployed.
        with told_in_words(target), suppress(scheduler.exceptions.ResourceNotFoundException):
            found |= {
                each["Name"]: each["LastModificationDate"]
                for page in pages
                for each in page["Schedules"]
                if each["State"] == "ENABLED"
            }
    return found


def missed(
    expression: str, timezone: str, *, began: datetime | None, made: datetime | None, now: datetime
) -> datetime | None:
    """The latest turn of the last week that is over, and that no task took.

    `began`: when the last task did; `made`: when the schedule was made. Without both nothing is
    known: the job may be one that the next `fleet up` makes.
    """
    known = [time for time in (began, made) if time is not None]
    if not known:
        return None
    turns = occurrences(expression, timezone, max(*known, now - USUAL_SINCE))
    return max(takewhile(lambda time: time <= now - LATEST, turns), default=None)
