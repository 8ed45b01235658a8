"""The verbs of deployment, their events and results. Needs the Pulumi CLI when it is called."""

from fleet.operations.declared import Declared, read_declared
from fleet.operations.engine.events import (
    Adopted,
    Change,
    Failure,
    Finished,
    HalfDone,
    Planned,
    Reread,
    Resource,
    Started,
)
from fleet.operations.problem import OperationError
from fleet.operations.records import event_record, result_record
from fleet.operations.run import Begun, CellEvent, CellResult, Ended, Run, RunResult
from fleet.operations.target import Target
from fleet.operations.verbs import destroy, preview, refresh, up

__all__ = [
    "Adopted",
    "Begun",
    "CellEvent",
    "CellResult",
    "Change",
    "Declared",
    "Ended",
    "Failure",
    "Finished",
    "HalfDone",
    "OperationError",
    "Planned",
    "Reread",
    "Resource",
    "Run",
    "RunResult",
    "Started",
    "Target",
    "destroy",
    "event_record",
    "preview",
    "read_declared",
    "refresh",
    "result_record",
    "up",
]
