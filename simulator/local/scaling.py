"""What Application Auto Scaling makes of a service's metrics. Plain decisions, no containers.

By its user guide, "Target tracking scaling policies": each policy has two alarms on points of a
minute. Any policy may add tasks; they go when all policies that take tasks away agree.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# "TargetTracking-…-AlarmHigh" and "…-AlarmLow", as AWS makes them.
HIGH_POINTS, LOW_POINTS = 3, 15
LOW_SHARE = 0.9
CPU, REQUESTS = "ECSServiceAverageCPUUtilization", "ALBRequestCountPerTarget"
NEVER = -math.inf


@dataclass(frozen=True)
class Policy:
    """`metric`: CPU in percent, or REQUESTS a target and minute. Cooldowns in minutes."""

    metric: str
    target: float
    out_cooldown: float = 0.0
    in_cooldown: float = 0.0
    takes_away: bool = True

    @classmethod
    def of(cls, props: Mapping[str, Any]) -> Policy | None:
        """From the account's entry; None for what isn't tracked by one of both metrics."""
        settings = props.get("targetTrackingScalingPolicyConfiguration") or {}
        metric = settings.get("predefinedMetricSpecification") or {}
        if metric.get("predefinedMetricType") not in (CPU, REQUESTS):
            return None
        return cls(
            metric["predefinedMetricType"],
            float(settings["targetValue"]),
            float(settings.get("scaleOutCooldown") or 0) / 60,
            float(settings.get("scaleInCooldown") or 0) / 60,
            not settings.get("disableScaleIn"),
        )


@dataclass(frozen=True)
class Past:
    """The last changes: when, in minutes, and the tasks before the last ones were added."""

    added: float = NEVER
    before: int = 0
    taken: float = NEVER


def decide(
    tasks: int,
    bounds: tuple[int, int],
    policies: Sequence[Policy],
    points: Mapping[str, Sequence[float]],
    past: Past,
    now: float,
) -> int:
    """The number of tasks from now on. `points`: of each metric, one a minute, the newest last.

    Tracking doesn't start the first task of a service that has none.
    """
    if not tasks:
        return 0
    low, high = bounds
    given = [(one, points.get(one.metric, ())) for one in policies]
    more = max((_more(*one, tasks, past, now) for one in given), default=tasks)
    if more > tasks:
        return max(tasks, min(more, high))
    asked = [one for one in given if one[0].takes_away]
    fewer = max((_fewer(*one, tasks, past, now) for one in asked), default=tasks)
    return min(tasks, max(fewer, low))


def _more(policy: Policy, points: Sequence[float], tasks: int, past: Past, now: float) -> int:
    last = points[-HIGH_POINTS:]
    if len(last) < HIGH_POINTS or min(last) <= policy.target:
        return tasks
    # In the cooldown what was added counts as part of what is wanted.
    cooling = now < past.added + policy.out_cooldown
    base = past.before if cooling else tasks
    return max(tasks, math.ceil(base * last[-1] / policy.target))


def _fewer(policy: Policy, points: Sequence[float], tasks: int, past: Past, now: float) -> int:
    last = points[-LOW_POINTS:]
    if len(last) < LOW_POINTS or max(last) >= policy.target * LOW_SHARE:
        return tasks
    if now < past.taken + policy.in_cooldown:
        return tasks
    return max(1, math.ceil(tasks * max(last) / policy.target))
