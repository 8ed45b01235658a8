"""Setting right what a killed engine or a failed update left behind, before the next run.

A killed engine leaves its lock, and in the state the creations that it had begun: AWS may have
finished them or not. The next `up` would make them again. So each is looked for, and what exists is
taken over into the state. (`pulumi refresh --import-pending-creates` is meant for this, but in CLI
3.259 it drops the pending creation without importing anything.)
"""

import re
import time
from collections.abc import Callable, Sequence, Set
from datetime import datetime

from pulumi import automation

from fleet.operations.engine.events import Adopted, Failure, HalfDone, Reread, Resource, Translator
from fleet.operations.engine.failure import operation_error
from fleet.operations.engine.stale_lock import freeing_dead_locks
from fleet.operations.engine.state import read_state, write_state
from fleet.operations.problem import OperationError
from fleet.operations.recovery import checkpoint
from fleet.operations.recovery.checkpoint import Deployment, Row
from fleet.operations.recovery.orphans import end_orphans
from fleet.operations.recovery.pending import find
from fleet.operations.recovery.reread import read_again
from fleet.operations.target import Target

# AWS's index of tags may lag behind a creation; there is no promise, a minute is generous.
TAG_INDEX_SECONDS = 60.0
# How providers say that an import id names nothing, where they don't just answer with nothing.
_NOTHING_THERE = re.compile(r"not ?found|\bno\b.* found|does ?n[o']t exist", re.IGNORECASE)


def recover(
    stack: automation.Stack,
    target: Target,
    on_event: Callable[[Adopted | Reread], None] | None = None,
    *,
    reread: bool = True,
) -> Deployment:
    """Takes over what an interrupted run created unseen, and with `reread` reads what failed again.

    Does nothing, in half a second, when there is neither. What AWS is still making is taken over
    too; if what comes next doesn't suffer that, a later `up` goes on. Returns the state as it is
    then. Raises OperationError.
    """
    try:
        state = read_state(stack)
        took_over = _take_over(stack, target, state, on_event)
        failed = checkpoint.failed(state) if reread else []
        if failed:
            read_again(stack, target, failed, on_event)
        return read_state(stack) if took_over or failed else state
    except automation.CommandError as error:
        raise operation_error(error, target) from error


def tell_half_done(state: Deployment, on_event: Callable[[HalfDone], None]) -> None:
    """Says what failed and isn't read again yet, for a run that touches nothing."""
    sites = Translator(checkpoint.parents(state))
    for row in checkpoint.failed(state):
        on_event(HalfDone(Resource(row["urn"]), sites.site_of(row.get("parent"))))


def _take_over(
    stack: automation.Stack,
    target: Target,
    state: Deployment,
    on_event: Callable[[Adopted], None] | None,
) -> bool:
    """Looks for each creation that is pending, and takes over what exists.

    Whether there was any. Raises CommandError.
    """
    pending, unread = checkpoint.pending_creations(state), checkpoint.unread(state)
    if not pending and not unread:
        return False
    end_orphans(target.folder)
    candidates = {row["urn"]: [row["id"]] for row in unread}
    if pending:
        if not target.simulated:
            _wait_for_tag_index(state)
        candidates |= find(stack, target, pending, checkpoint.known_ids(state))
    # Writing fails while a live run holds the stack; but one may have ended since.
    if _written_at(read_state(stack)) != _written_at(state):
        raise OperationError(f"{target.stack}: another run is changing the stack; wait for it")
    state = checkpoint.without(state, {row["urn"] for row in unread})
    adopted = _adopt(stack, state, [*pending, *unread], candidates)
    sites = Translator(checkpoint.parents(state))
    for row in (*pending, *unread):
        if on_event and row["urn"] in adopted:
            on_event(Adopted(Resource(row["urn"]), sites.site_of(row.get("parent"))))
    return True


def _written_at(state: Deployment) -> str:
    """When the engine last wrote the state: it does so before and after each step."""
    return state["manifest"]["time"]


def _wait_for_tag_index(state: Deployment) -> None:
    """Waits until AWS's index of tags knows what was created when the state was last written."""
    written = datetime.fromisoformat(_written_at(state)).timestamp()
    time.sleep(max(0.0, min(written + TAG_INDEX_SECONDS - time.time(), TAG_INDEX_SECONDS)))


def _adopt(
    stack: automation.Stack,
    state: Deployment,
    pending: Sequence[Row],
    candidates: dict[str, list[str]],
) -> set[str]:
    """Takes over, of each pending creation's candidates, the first that exists; gives the URNs."""
    adopted: set[str] = set()
    left = {urn: ids for urn, ids in candidates.items() if ids}
    while left:
        trial = checkpoint.with_adopted(state, pending, {urn: ids[0] for urn, ids in left.items()})
        freeing_dead_locks(stack, lambda trial=trial: write_state(stack, trial))
        _read_back(stack, set(left))
        state = checkpoint.with_inputs(read_state(stack), pending)
        write_state(stack, state)
        present = checkpoint.live_urns(state) & left.keys()
        adopted |= present
        left = {urn: ids[1:] for urn, ids in left.items() if urn not in present and ids[1:]}
    return adopted


def _read_back(stack: automation.Stack, urns: Set[str]) -> None:
    """Lets the provider complete the adopted resources; what doesn't exist leaves the state."""
    while urns and (missing := _refresh(stack, urns)):
        write_state(stack, checkpoint.without(read_state(stack), missing))
        urns = urns - missing


def _refresh(stack: automation.Stack, urns: Set[str]) -> Set[str]:
    """Refreshes `urns`; gives those that the provider fails to find. Raises CommandError.

    Most providers answer with nothing where nothing is, and the engine drops it; some fail.
    """
    missing: set[str] = set()
    translator = Translator({})

    def note(event: automation.EngineEvent) -> None:
        failure = translator.translate(event)
        if not isinstance(failure, Failure) or failure.resource is None:
            return
        if failure.resource.urn in urns and _NOTHING_THERE.search(failure.message):
            missing.add(failure.resource.urn)

    try:
        stack.refresh(target=sorted(urns), on_event=note, color="never")
    except automation.CommandError:
        if not missing:
            raise
    return missing
