"""Faults that are planted in a recorded program, and who finds them.

A fault changes arguments of one resource. The judges read its template; the simulator is asked to
create it, after everything that it stands on.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from simulator.rows import row_of
from simulator.world import World
from tests.engine.simulator.caller import Caller, InvalidError, RefusedError
from tests.judges.template import Template, logical_id, owner_of, template
from tests.program.monitor import Recorded
from tests.program.recording import Recording

FILE = Path(__file__).with_name("faults.yaml")
_REPEATED = re.compile(r"(\d+) times (.)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of faults.yaml."""

    fault: str
    type: str
    name: str
    change: Mapping[str, Any]
    found_by: Sequence[str]
    """Those that find it at least."""

    def sound(self, recording: Recording) -> Recorded:
        """The resource as the program registers it."""
        (found,) = (
            each
            for each in recording.of_type(self.type)
            if each.name == self.name and not each.is_component
        )
        return found

    def resource(self, recording: Recording) -> Recorded:
        """The resource with the fault in it."""
        found = self.sound(recording)
        inputs = copy.deepcopy(dict(found.inputs))
        for path, value in self.change.items():
            match = _REPEATED.fullmatch(value) if isinstance(value, str) else None
            inputs = changed(inputs, path.split("."), match[2] * int(match[1]) if match else value)
        return replace(found, inputs=inputs)

    def template(self, recording: Recording) -> Template:
        """The one resource of the template that the fault shows in."""
        faulty = self.resource(recording)
        whole = [faulty if each.urn == faulty.urn else each for each in recording]
        name = logical_id(owner_of(faulty, whole))
        said = template(whole)
        return {**said, "Resources": {name: said["Resources"][name]}}


def faults() -> list[Fault]:
    """All of them, in the file's order."""
    return [
        Fault(entry["fault"], *entry["in"].split(" "), entry["change"], entry["found_by"])
        for entry in yaml.safe_load(FILE.read_text())
    ]


def changed(value: Any, path: Sequence[str], new: Any) -> Any:
    """A value with another one at a place; None takes the place out."""
    if isinstance(value, str):
        return json.dumps(changed(json.loads(value), path, new))
    first, *rest = path
    key: Any = int(first) if isinstance(value, list) else first
    if rest:
        # Keys such as `aws:site` hold no dot, so a path ends where its parts do.
        value[key] = changed(value[key], rest, new)
    elif new is None:
        del value[key]
    else:
        value[key] = new
    return value


class Account:
    """A simulated account in which a recorded program's resources are made one by one."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        world = World(":memory:")
        self._callers = {name: Caller(world, name) for name in ("aws", "random", "docker-build")}
        self._now: dict[str, str] = {}
        """What the recording's ids, names and ARNs are in this account."""

    def refusal(self, faulty: Recorded) -> str | None:
        """What the simulator says when a resource is made; None when it makes it."""
        for needed in self._needed(faulty):
            self._make(needed)
        try:
            self._make(faulty)
        except (InvalidError, RefusedError) as error:
            return str(error)
        return None

    def _needed(self, resource: Recorded) -> Iterator[Recorded]:
        """What a resource stands on, in the order in which it can be made."""
        seen: set[str] = {resource.urn}

        def walk(each: Recorded) -> Iterator[Recorded]:
            for urn in sorted(each.depends_on):
                for needed in self._parts(urn):
                    if needed.urn not in seen:
                        seen.add(needed.urn)
                        yield from walk(needed)
                        yield needed

        yield from walk(resource)

    def _parts(self, urn: str) -> list[Recorded]:
        """A resource, or what an awsx component consists of."""
        found = self._recording.resources[urn]
        if not found.is_component:
            return [found]
        return [
            each
            for each in self._recording
            if not each.is_component and found in self._recording.lineage(each)
        ]

    def _make(self, resource: Recorded) -> None:
        inputs = json.loads(self._translated(json.dumps(resource.inputs)))
        named = row_of(resource.type).autoname
        if named is not None:
            # The recorded name: an automatic one is drawn anew here.
            inputs.setdefault(named.property, resource.state[named.property])
        caller = self._callers[resource.type.partition(":")[0]]
        made = caller.create(resource.type, resource.name, **inputs)
        self._now[resource.id] = made.id
        for key, before in resource.state.items():
            after = made.outputs.get(key)
            if isinstance(before, str) and isinstance(after, str) and key not in resource.inputs:
                self._now[before] = after

    def _translated(self, text: str) -> str:
        for before in sorted(self._now, key=len, reverse=True):
            if len(before) > 6:
                text = text.replace(before, self._now[before])
        return text
