"""What one-off tasks refuse to begin with, and how one ended in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from fleet.operations.data.ending import ending_of
from fleet.operations.data.order import make_order
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError

REASONS: Sequence[tuple[dict[str, Any], str, str]] = [
    (
        {
            "stopCode": "TaskFailedToStart",
            "stoppedReason": "CannotPullContainerError: manifest unknown",
            "containers": [{"name": "wordpress"}],
        },
        "not started",
        "its image can't be pulled: CannotPullContainerError: manifest unknown",
    ),
    (
        {
            "stopCode": "TaskFailedToStart",
            "stoppedReason": "Capacity is unavailable at this time. Please try again later",
            "capacityProviderName": "FARGATE_SPOT",
        },
        "not started",
        "AWS has no Spot capacity now; add --on-demand",
    ),
    (
        {
            "stopCode": "EssentialContainerExited",
            "memory": "512",
            "containers": [
                {
                    "name": "wordpress",
                    "exitCode": 137,
                    "reason": "OutOfMemoryError: Container killed due to memory usage",
                }
            ],
        },
        "out of memory",
        "it needed more than its 512 MiB; give it more with --memory",
    ),
    (
        {
            "stopCode": "SpotInterruption",
            "stoppedReason": "Your Spot Task was interrupted.",
            "containers": [{"name": "wordpress", "exitCode": 143}],
        },
        "lost to Spot",
        "AWS took its Spot capacity back; run it again, with --on-demand",
    ),
    (
        {"stopCode": "UserInitiated", "stoppedReason": "stopped by ann"},
        "stopped",
        "stopped by ann",
    ),
    (
        {
            "stopCode": "TaskFailedToStart",
            "containers": [
                {
                    "name": "wordpress",
                    "reason": 'CannotStartContainerError: exec: "fleet-task": '
                    "executable file not found in $PATH",
                }
            ],
        },
        "not started",
        "its image has no fleet-task, which docs/image.md asks for",
    ),
    ({"containers": [{"name": "wordpress", "exitCode": 124}]}, "timed out", "within its time"),
    ({"containers": [{"name": "wordpress", "exitCode": 75}]}, "not begun", "the log says whose"),
    ({"containers": [{"name": "wordpress", "exitCode": 9}]}, "failed", "with status 9"),
]


@pytest.mark.parametrize(("task", "outcome", "said"), REASONS)
def test_how_it_ended_in_words(task: Any, outcome: str, said: str) -> None:
    ending = ending_of(task)
    assert ending.outcome == outcome
    assert said in ending.reason
    assert ending.exit_status != 0


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["wp plugin list"], "found one text .* write -- wp plugin list"),
        (["wp cron run && wp cache flush"], "write -- sh -c 'wp cron run && wp cache flush'"),
        (["wp", "post", "list", "|", "wc"], "found '|' .* write -- sh -c 'wp post list | wc'"),
        ([" "], "found no command .* write -- wp plugin list"),
        (["wp", "eval", "x" * 8000], "the command has 8,006 characters, and ECS takes about 7,192"),
    ],
)
def test_commands_that_would_not_run(prod: Declared, command: list[str], said: str) -> None:
    with pytest.raises(OperationError, match=said.replace("|", r"\|")):
        make_order(prod.site("blog"), command)


def test_sizes_and_times(prod: Declared) -> None:
    blog = prod.site("blog")
    for wrong, said in [
        ({"cpu": 300}, "--cpu 300: Fargate has no such size; allowed: 256, 512"),
        ({"cpu": 256, "memory": 9000}, "with 256 CPU units Fargate has 512, 1024 or 2048 MiB"),
        ({"timeout": timedelta(0)}, "--timeout 0s: allowed: 1s to 7d"),
    ]:
        with pytest.raises(OperationError, match=said):
            make_order(blog, ["true"], **wrong)
    assert (make_order(blog, ["true"], cpu=4096).memory) == 8192
