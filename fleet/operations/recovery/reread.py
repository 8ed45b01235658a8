"""Reading again what an update left when it failed, before the next run compares anything.

The provider writes down what an update is to make before it knows that AWS refuses it, that ECS
goes back to the tasks of before, or that its own wait runs out. The next `up` would compare with
that, find no difference, repeat the update with nothing in it, and report success
(pulumi/pulumi#21458). So whatever failed is read from AWS, and a service whose last deployment
isn't done counts as one of the revision that still serves.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from pulumi import automation

from fleet.operations.engine.events import Reread, Resource, Translator
from fleet.operations.engine.stale_lock import freeing_dead_locks
from fleet.operations.engine.state import read_state, write_state
from fleet.operations.live.account import open_session, told_in_words
from fleet.operations.live.rollouts import serving_revisions
from fleet.operations.recovery import checkpoint
from fleet.operations.recovery.checkpoint import Row
from fleet.operations.target import Target

SERVICE = "aws:ecs/service:Service"


def read_again(
    stack: automation.Stack,
    target: Target,
    failed: Sequence[Row],
    on_event: Callable[[Reread], None] | None = None,
) -> None:
    """Brings the rows of failed operations to what AWS has. Raises CommandError, OperationError."""
    urns = sorted(row["urn"] for row in failed)
    freeing_dead_locks(stack, lambda: stack.refresh(target=urns, color="never"))
    compare(stack, target, failed, on_event)


def compare(
    stack: automation.Stack,
    target: Target,
    failed: Sequence[Row],
    on_event: Callable[[Reread], None] | None = None,
) -> None:
    """Tells what a refresh has found of the rows, as they were before it.

    Services whose deployment isn't done are held back at the revision that serves. Raises
    CommandError, OperationError.
    """
    urns = {row["urn"] for row in failed}
    state = read_state(stack)
    there = {row["urn"]: row for row in state["resources"] if not row.get("delete")}
    serving = _serving(target, [row for urn, row in there.items() if urn in urns])
    if serving:
        state = checkpoint.with_revisions(state, serving)
        write_state(stack, state)
        there = {row["urn"]: row for row in state["resources"] if not row.get("delete")}
    sites = Translator(checkpoint.parents(state))
    for row in failed:
        differs = checkpoint.differing(row, there.get(row["urn"]))
        if on_event:
            on_event(Reread(Resource(row["urn"]), sites.site_of(row.get("parent")), differs))


def _serving(target: Target, rows: Sequence[Row]) -> Mapping[str, str]:
    """URN -> the task definition that serves, of services whose last deployment isn't done."""
    clusters = defaultdict[str, dict[str, str]](dict)
    for row in rows:
        if row["type"] == SERVICE:
            clusters[row["outputs"]["cluster"]][row["id"]] = row["urn"]
    if not clusters:
        return {}
    ecs = open_session(target).client("ecs")
    with told_in_words(target):
        return {
            services[arn]: revision
            for cluster, services in clusters.items()
            for arn, revision in serving_revisions(ecs, cluster, list(services)).items()
        }
