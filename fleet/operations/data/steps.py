"""What the image's commands on a site's data say while they work, and a task that runs one.

`fleet-dump` and `fleet-load` print a JSON a line (container/root/usr/local/share/fleet/data).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, cast, get_args

import boto3

from fleet.operations.data.ending import Ending
from fleet.operations.data.follow import OnLine
from fleet.operations.data.run import run
from fleet.operations.declared import Declared
from fleet.operations.problem import OperationError

State = Literal["begun", "at", "done", "skipped", "note", "failed"]
# One at a time for a site, whatever the verb: what is the lock's name in the database.
KIND = "data"
TIMEOUT = timedelta(hours=24)
# How long a verb waits for another one at work on the same site.
WAIT = timedelta(hours=2)
# Streams need no more, however large the site is.
MEMORY = 2_048
# The image's status for a dump that is corrupt, half, of a newer WordPress (EX_DATAERR).
BAD_DUMP = 65


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a verb says. `bytes` of `of` are done; `note` is a sentence."""

    site: str
    step: str
    state: State
    bytes: int | None = None
    of: int | None = None
    note: str = ""
    problem: str = ""
    do: str = ""


OnStep = Callable[[Step], object]


class StepsFailedError(OperationError):
    """A task ended without having done its work. `status`: its command's, None if it never ran."""

    def __init__(self, said: str, status: int | None = None) -> None:
        super().__init__(said)
        self.status = status


@contextmanager
def telling(site: str, name: str, on_step: OnStep) -> Iterator[None]:
    """Tells a step that the verb itself does."""
    on_step(Step(site=site, step=name, state="begun"))
    try:
        yield
    except BaseException:
        on_step(Step(site=site, step=name, state="failed"))
        raise
    on_step(Step(site=site, step=name, state="done"))


def read_step(site: str, line: str) -> Step | None:
    """None for a line that is no step."""
    try:
        said: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    found = cast("dict[str, Any]", said)
    if found.get("state") not in get_args(State) or not isinstance(found.get("step"), str):
        return None
    numbers: dict[str, Any] = {
        name: found[name] for name in ("bytes", "of") if isinstance(found.get(name), int)
    }
    texts: dict[str, Any] = {
        name: str(found[name]) for name in ("note", "problem", "do") if found.get(name)
    }
    return Step(site=site, step=found["step"], state=found["state"], **numbers, **texts)


def run_steps(
    declared: Declared,
    site: str,
    command: Sequence[str],
    *,
    on_step: OnStep,
    kind: str = KIND,
    preparing: Mapping[str, Sequence[str]] | None = None,
    environment: Mapping[str, Mapping[str, str]] | None = None,
    token: str | None = None,
    session: boto3.Session | None = None,
) -> None:
    """Runs a command of the image that tells its steps, in a task of its own.

    On demand: one that Spot takes back would have to be begun again. `preparing` and
    `environment`: as in `Order`. Raises StepsFailedError with what the command says to do,
    OperationError as `run`.
    """
    failed: list[Step] = []
    ending = run(
        declared,
        site,
        command,
        on_line=_heard(site, on_step, failed),
        kind=kind,
        preparing=preparing,
        environment=environment,
        cpu=max(declared.site(site).size.cpu, 1_024),
        memory=max(declared.site(site).size.memory, MEMORY),
        timeout=TIMEOUT,
        wait=WAIT,
        spot=False,
        token=token,
        session=session,
    )
    if ending.outcome != "succeeded":
        raise StepsFailedError(f"{site}: {_why(ending, failed)}", ending.status)


def _heard(site: str, on_step: OnStep, failed: list[Step]) -> OnLine:
    """Tells each step, and keeps those that failed."""

    def on_line(line: str) -> None:
        step = read_step(site, line)
        if step is None:
            return
        if step.state == "failed":
            failed.append(step)
        on_step(step)

    return on_line


def _why(ending: Ending, failed: Sequence[Step]) -> str:
    if not failed:
        return ending.reason or ending.outcome
    last = failed[-1]
    return "; ".join(text for text in (last.problem or last.note or last.step, last.do) if text)
