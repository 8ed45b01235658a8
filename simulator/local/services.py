"""What a service needs next: which tasks to start and to stop. Plain decisions, no containers."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simulator.local.development import DEVELOPMENT
from simulator.local.task import Task
from simulator.services.ecs import rollout

# "Amazon ECS deployment circuit breaker": half the desired count, at least 3 and at most 200.
FEWEST_FAILURES, MOST_FAILURES = 3, 200
SCALED_IN = "Scaling activity initiated by (deployment ecs-svc/{})"


@dataclass(frozen=True)
class Decision:
    """`start`: the capacity provider of each new task. `done`: the deployment has ended well."""

    start: tuple[str, ...] = ()
    stop: tuple[Task, ...] = ()
    done: bool = False


def revision(props: dict[str, Any]) -> str:
    """What a deployment changes of a service, in a word; going back gives the one of before."""
    names = ("taskDefinition", "capacityProviderStrategies", "loadBalancers")
    made_of = [props.get(name) for name in names]
    if mounts := props.get(DEVELOPMENT):
        made_of.append(mounts)
    text = json.dumps(made_of, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def breaks_at(desired: int) -> int:
    """So many tasks that didn't start end a deployment."""
    return min(max(math.ceil(desired / 2), FEWEST_FAILURES), MOST_FAILURES)


def decide(props: dict[str, Any], tasks: Sequence[Task], short: set[str] | None = None) -> Decision:
    """`tasks`: those of the service that are to run. `short`: providers without capacity."""
    desired = int(props.get("desiredCount") or 0)
    current = [one for one in tasks if one.revision == revision(props)]
    old = [one for one in tasks if one.revision != revision(props)]
    serving = [one for one in current if one.serves]
    most = desired * int(props.get("deploymentMaximumPercent") or 200) // 100
    room = max(0, max(most, desired) - len(tasks))
    wanted = rollout.placed(props)
    missing = list((Counter(wanted) - Counter(one.provider for one in current)).elements())
    start = [one for one in missing if one not in (short or set())][
        : min(room, max(0, desired - len(current)))
    ]
    surplus = _surplus(current, wanted)
    least = math.ceil(desired * int(props.get("deploymentMinimumHealthyPercent") or 100) / 100)
    # Those that never served are no loss.
    idle = [one for one in old if not one.serves]
    spare = max(0, len(serving) + sum(one.serves for one in old) - least)
    leaving = idle if len(serving) >= desired else []
    stop = [*surplus, *leaving, *[one for one in old if one.serves][:spare]]
    done = len(serving) == desired and not old and not start
    return Decision(tuple(start), tuple(stop), done)


def _surplus(current: list[Task], wanted: list[str]) -> list[Task]:
    """Tasks beyond the count: those that don't serve first, then of the provider with too many."""
    over = len(current) - len(wanted)
    if over <= 0:
        return []
    excess = Counter(one.provider for one in current) - Counter(wanted)
    ranked = sorted(current, key=lambda one: (one.serves, excess[one.provider] == 0, -one.created))
    return ranked[:over]
