"""What happens in a run, as maps for JSON: `fleet up --json` prints one a line.

docs/api.md describes them. All have `event` and, but for the last, `stack` and `cell` (null for the
stack of the sites without one).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from fleet.operations.engine.events import (
    Adopted,
    Failure,
    Finished,
    HalfDone,
    Planned,
    Reread,
    Resource,
    Started,
)
from fleet.operations.run import Begun, CellEvent, Ended, RunResult

Record = dict[str, Any]


def event_record(happened: CellEvent) -> Record:
    """One event of a run."""
    where = {"stack": happened.target.stack, "cell": happened.target.cell}
    match happened.event:
        case Begun(verb):
            return {"event": "begun", **where, "verb": verb}
        case Planned(change) | Started(change) | Finished(change):
            kind = type(happened.event).__name__.lower()
            about = _resource(change.resource, change.site)
            return {"event": kind, **where, "action": change.action, **about}
        case Adopted(resource, site):
            return {"event": "adopted", **where, **_resource(resource, site)}
        case HalfDone(resource, site):
            return {"event": "half-done", **where, **_resource(resource, site)}
        case Reread(resource, site, differs):
            about = _resource(resource, site)
            return {"event": "reread", **where, **about, "differs": list(differs)}
        case Failure(resource, site, message):
            return {"event": "failure", **where, **_resource(resource, site), "message": message}
        case Ended(result):
            return {
                "event": "ended",
                **where,
                "outcome": result.outcome,
                "seconds": round(result.seconds, 1),
                "changes": dict(Counter(change.action for change in result.changes)),
                "errors": list(result.errors),
            }


def result_record(result: RunResult) -> Record:
    """The last line: how it went with each stack."""
    outcomes = {cell.target.stack: cell.outcome for cell in result.cells}
    return {"event": "result", "verb": result.verb, "ok": result.ok, "outcomes": outcomes}


def _resource(resource: Resource | None, site: str | None) -> Record:
    if resource is None:
        return {"site": site, "type": None, "name": None, "urn": None}
    return {"site": site, "type": resource.type, "name": resource.name, "urn": resource.urn}
