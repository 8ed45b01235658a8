"""SIMULATOR_FAULTS: makes chosen operations fail or take long.

A JSON list of objects (or one object):

    [{"operation": "create", "type": "aws:rds/cluster:Cluster", "name": "blog*",
      "fail": "Throttling: Rate exceeded", "times": 1},
     {"type": "aws:lb/*", "delay": 5, "when": "after"}]

operation: create, update, delete, read, check, diff or invoke; type and name (the logical name):
shell patterns; all default to everything. `fail`: AWS's answer, `CODE: message`. `delay`: seconds
to wait, `before` (default) the world changes or `after` it has; a failure comes at the same point,
so `"when": "after"` is a change that took place but whose answer was lost. `times`: at most so
often, counted in the world.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase

from simulator.errors import AwsError
from simulator.world import World

VARIABLE = "SIMULATOR_FAULTS"
_OPERATIONS = ("create", "update", "delete", "read", "check", "diff", "invoke", "*")


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the list."""

    operation: str = "*"
    type: str = "*"
    name: str = "*"
    fail: str | None = None
    delay: float = 0.0
    when: str = "before"
    times: int | None = None

    def matches(self, operation: str, token: str, name: str, when: str) -> bool:
        """Whether it hits this operation at this point."""
        return (
            self.when == when
            and self.operation in ("*", operation)
            and fnmatchcase(token, self.type)
            and fnmatchcase(name, self.name)
        )


def parse(text: str) -> tuple[Fault, ...]:
    """Read the variable's value; ValueError says what is wrong and what is allowed."""
    if not text.strip():
        return ()
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{VARIABLE} is not JSON: {error}") from error
    entries = [entries] if isinstance(entries, dict) else entries
    if not isinstance(entries, list):
        raise ValueError(f"{VARIABLE} must be a list of objects, not {text!r}")
    return tuple(_fault(entry) for entry in entries)


def _fault(entry: object) -> Fault:
    allowed = {"operation", "type", "name", "fail", "delay", "when", "times"}
    if not isinstance(entry, dict) or entry.keys() - allowed:
        raise ValueError(f"{VARIABLE}: {entry!r} may have only {', '.join(sorted(allowed))}")
    if entry.get("operation", "*") not in _OPERATIONS:
        raise ValueError(f"{VARIABLE}: operation must be one of {', '.join(_OPERATIONS)}: {entry}")
    if entry.get("when", "before") not in ("before", "after"):
        raise ValueError(f"{VARIABLE}: when must be before or after: {entry}")
    for name, kinds in (("delay", (int, float)), ("times", int), ("fail", str), ("type", str)):
        if name in entry and (not isinstance(entry[name], kinds) or entry[name] is True):
            raise ValueError(f"{VARIABLE}: {name} has the wrong type: {entry}")
    if entry.get("delay", 0) < 0:
        raise ValueError(f"{VARIABLE}: delay must not be negative: {entry}")
    if entry.get("times", 1) < 1:
        raise ValueError(f"{VARIABLE}: times must be at least 1: {entry}")
    if ": " not in entry.get("fail", ": "):
        raise ValueError(f"{VARIABLE}: fail is an answer of AWS, CODE: message: {entry}")
    if "fail" not in entry and "delay" not in entry:
        raise ValueError(f"{VARIABLE}: say what happens, with fail or delay: {entry}")
    return Fault(**entry)


class Faults:
    """The faults of this process, applied around each operation."""

    def __init__(self, world: World, text: str | None = None) -> None:
        self.world = world
        self.faults = parse(os.environ.get(VARIABLE, "") if text is None else text)

    def strike(self, operation: str, token: str, name: str, when: str) -> None:
        """Wait or fail, if a fault says so."""
        for fault in self.faults:
            if not fault.matches(operation, token, name, when) or self._used_up(fault):
                continue
            time.sleep(fault.delay)
            if fault.fail is not None:
                raise AwsError.parse(fault.fail)

    def _used_up(self, fault: Fault) -> bool:
        if fault.times is None:
            return False
        with self.world.change():
            return self.world.count(f"fault {fault}") > fault.times
