"""One-off tasks by the beginnings of their ids."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fleet.operations.data.follow import stop
from fleet.operations.data.order import LONGEST, Order
from fleet.operations.data.place import Place
from fleet.operations.data.start import OneOff, tasks_of
from fleet.operations.live.account import told_in_words
from fleet.operations.live.tasks import task_id
from fleet.operations.problem import OperationError

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef


def find(place: Place, beginning: str) -> OneOff:
    """The task whose id begins so. Raises OperationError for none, or several, that ECS knows."""
    with told_in_words(place.target):
        return _one_off(place, _task(place, beginning))


def stop_run(place: Place, beginning: str) -> OneOff:
    """Asks ECS to stop the task; its command has 90 s to end. Raises OperationError as `find`."""
    with told_in_words(place.target):
        task = _task(place, beginning)
        if task.get("lastStatus") == "STOPPED":
            raise OperationError(f"{task_id(task)} has ended; {place.command()} says how")
        stop(place, task_id(task), f"stopped by {place.caller}")
    return _one_off(place, task)


def _task(place: Place, beginning: str) -> TaskTypeDef:
    found = [task for task in tasks_of(place) if task_id(task).startswith(beginning)]
    if len(found) == 1:
        return found[0]
    many = "more than one task" if found else "no task of the last hour"
    raise OperationError(
        f"{place.target.stack}: {many} of {place.site.name} begins with {beginning}; "
        f"{place.command()} lists them"
    )


def _one_off(place: Place, task: TaskTypeDef) -> OneOff:
    """With what is still known of its order; its limits are the container's by now."""
    given = task.get("overrides", {})
    order = Order(
        command=(),
        cpu=int(given.get("cpu") or task.get("cpu") or 0),
        memory=int(given.get("memory") or task.get("memory") or 0),
        kind=task.get("group", "").rpartition(":")[2],
        timeout=LONGEST,
        wait=timedelta(0),
        spot=task.get("capacityProviderName") == "FARGATE_SPOT",
    )
    return OneOff(place, task_id(task), order)
