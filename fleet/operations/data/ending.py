"""How a one-off task ended, in words that say what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fleet.operations.data.start import NO_CAPACITY, no_capacity

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef

Outcome = Literal[
    "succeeded",
    "failed",
    "timed out",
    "not begun",
    "out of memory",
    "lost to Spot",
    "stopped",
    "not started",
]

# Statuses that fleet-task gives of its own (container/root/usr/local/bin/fleet-task); the other one
# is 75: another of the kind is at work.
TIMED_OUT, STOPPED = 124, 143
KILLED = 137  # by SIGKILL
# The reason that whoever follows a task gives to StopTask.
OVER_THE_LIMIT = "fleet: it went on beyond its time limit"
SPOT_PROVIDER = "FARGATE_SPOT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a task ended. `status`: the command's own, None if it never ran or nobody knows it.

    `reason`: a sentence with what to do, empty after success.
    """

    outcome: Outcome
    status: int | None
    reason: str = ""

    @property
    def exit_status(self) -> int:
        """For a command line: the command's, or 1 where there is none."""
        return 1 if self.status is None else self.status


def ending_of(task: TaskTypeDef) -> Ending:
    """From the description of a task that is STOPPED."""
    code, said = task.get("stopCode", ""), task.get("stoppedReason", "")
    main = next((one for one in task.get("containers", []) if one.get("name") == "wordpress"), {})
    status, why = main.get("exitCode"), main.get("reason", "")
    if "OutOfMemory" in f"{why}{said}":
        memory = task.get("overrides", {}).get("memory") or task.get("memory", "?")
        reason = f"it needed more than its {memory} MiB; give it more with --memory"
        return Ending(outcome="out of memory", status=status or KILLED, reason=reason)
    if code == "SpotInterruption":
        reason = "AWS took its Spot capacity back; run it again, with --on-demand"
        return Ending(outcome="lost to Spot", status=status or STOPPED, reason=reason)
    if code == "UserInitiated" and said == OVER_THE_LIMIT:
        return Ending(outcome="timed out", status=TIMED_OUT, reason=said)
    if code == "UserInitiated":
        return Ending(outcome="stopped", status=status or STOPPED, reason=said)
    if status is None:
        return Ending(outcome="not started", status=None, reason=_not_started(task))
    return ending_with(status)


def ending_with(status: int) -> Ending:
    """From the status alone, which is all that an old log has."""
    match status:
        case 0:
            return Ending(outcome="succeeded", status=0)
        case 124:
            reason = "it did not end within its time limit; --timeout gives it more"
            return Ending(outcome="timed out", status=status, reason=reason)
        case 75:
            reason = "another of its kind was at work; the log says whose"
            return Ending(outcome="not begun", status=status, reason=reason)
        case 143:
            return Ending(outcome="stopped", status=status, reason="it was told to stop")
        case _:
            reason = f"the command ended with status {status}; the log says why"
            return Ending(outcome="failed", status=status, reason=reason)


def _not_started(task: TaskTypeDef) -> str:
    """Why the main container never ran."""
    containers = task.get("containers", [])
    words = [task.get("stoppedReason", ""), *(one.get("reason", "") for one in containers)]
    said = "; ".join(dict.fromkeys(text for text in words if text))
    if NO_CAPACITY in said:
        return no_capacity(task.get("capacityProviderName") == SPOT_PROVIDER)
    if "CannotPull" in said:
        return f"its image can't be pulled: {said}"
    if "executable file not found" in said:
        return f"its image has no fleet-task, which docs/image.md asks for: {said}"
    if "ResourceInitializationError" in said:
        return f"AWS could not prepare it (secrets, files or network): {said}"
    return said or "AWS doesn't say why"
