"""What is to run in a task of its own: a command, its size and its limits, checked."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from fleet.fields.commands import as_words, shell_syntax
from fleet.operations.problem import OperationError
from fleet.quotas import FARGATE_MEMORY, OVERRIDE_CHARACTERS
from fleet.site.model import Site
from fleet.site.size import memory_series
from fleet.wording import listing

USUAL_TIMEOUT = timedelta(hours=1)
USUAL_WAIT = timedelta(minutes=15)
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=7)
# For names of variables, options and the JSON around the words.
_AROUND_THE_COMMAND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One run of a command in a task of its own.

    Of a `kind` a site has one at a time; another waits for at most `wait`. `cpu` are CPU units,
    `memory` MiB; `timeout` counts from when the command begins. `by` is who asked for it.
    """

    command: tuple[str, ...]
    cpu: int
    memory: int
    kind: str = "run"
    timeout: timedelta = USUAL_TIMEOUT
    wait: timedelta = USUAL_WAIT
    spot: bool = True
    by: str = ""
    preparing: Mapping[str, Sequence[str]] | None = None
    """What the containers before the main one run in place of their work (`task_overrides`)."""
    environment: Mapping[str, Mapping[str, str]] | None = field(default=None, repr=False)
    """Container -> variables beside those of the task definition."""

    @property
    def words(self) -> list[str]:
        """What the container runs: the command under `fleet-task`."""
        seconds = {"--timeout": self.timeout, "--wait": self.wait}
        options = [word for name, span in seconds.items() for word in (name, _seconds(span))]
        by = ["--by", self.by] if self.by else []
        return ["fleet-task", "--kind", self.kind, *options, *by, "--", *self.command]


def make_order(
    site: Site,
    command: Sequence[str],
    *,
    cpu: int | None = None,
    memory: int | None = None,
    timeout: timedelta = USUAL_TIMEOUT,
    wait: timedelta = USUAL_WAIT,
    spot: bool = True,
    kind: str = "run",
) -> Order:
    """The order, of the site's own size unless another is given.

    Raises OperationError: a command that only a shell would understand or that is too long for
    ECS, a size that Fargate doesn't have, a time out of bounds.
    """
    _check_command(command)
    own = site.size
    cpu, memory = _size(cpu or own.cpu, memory, own.memory)
    if not SHORTEST <= timeout <= LONGEST:
        raise OperationError(f"--timeout {_seconds(timeout)}s: allowed: 1s to 7d, such as 30m")
    return Order(
        command=tuple(command),
        cpu=cpu,
        memory=memory,
        kind=kind,
        timeout=timeout,
        wait=wait,
        spot=spot,
    )


def _check_command(command: Sequence[str]) -> None:
    found = shell_syntax(command)
    if found is not None:
        written = shlex.join(as_words(command)) if "".join(command).strip() else "wp plugin list"
        raise OperationError(
            f"found {found} in the command, which runs without a shell; write -- {written}"
        )
    length = sum(len(word) for word in command)
    if length > OVERRIDE_CHARACTERS - _AROUND_THE_COMMAND:
        raise OperationError(
            f"the command has {length:,} characters, and ECS takes about "
            f"{OVERRIDE_CHARACTERS - _AROUND_THE_COMMAND:,}; put it into a file of the site and "
            "run that: -- wp eval-file wp-content/uploads/NAME.php"
        )


def _size(cpu: int, memory: int | None, usual: int) -> tuple[int, int]:
    if cpu not in FARGATE_MEMORY:
        allowed = listing(str(each) for each in FARGATE_MEMORY)
        raise OperationError(f"--cpu {cpu}: Fargate has no such size; allowed: {allowed}")
    fit = FARGATE_MEMORY[cpu]
    if memory is None:
        return cpu, usual if usual in fit else min(fit, key=lambda each: abs(each - usual))
    if memory not in fit:
        raise OperationError(
            f"--memory {memory}: with {cpu} CPU units Fargate has {memory_series(fit)} MiB"
        )
    return cpu, memory


def _seconds(span: timedelta) -> str:
    return str(int(span.total_seconds()))
