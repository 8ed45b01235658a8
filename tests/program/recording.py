"""Runs the literal `__main__.py` against mocks and keeps everything that it asked the engine for.

A run has a context of its own (`contextvars`), as the Automation API gives an inline program: the
SDK keeps all of its state in context variables, so runs in one process share nothing.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import runpy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.runtime import configure, rpc, run_in_stack, set_all_config

from fleet.names import PROJECT
from tests.program.monitor import Recorded, RecordingMonitor, plain, runtime_settings

PROGRAM = Path(__file__).parents[2] / "__main__.py"
STACK = "test"


@dataclass(frozen=True)
class Recording:
    """What one run of the program registered, by URN, and what it exported."""

    resources: Mapping[str, Recorded]
    exports: Mapping[str, Any]
    secret_exports: frozenset[str]

    def __iter__(self) -> Iterator[Recorded]:
        return iter(self.resources.values())

    def of_type(self, type_: str) -> list[Recorded]:
        """All resources of a type; `rds:Cluster` stands for `aws:rds/cluster:Cluster`."""
        return [resource for resource in self if short_type(resource.type) == type_]

    def named(self, type_: str, name: str) -> Recorded:
        """The one resource of a type with a logical name."""
        (found,) = (resource for resource in self.of_type(type_) if resource.name == name)
        return found

    def lineage(self, resource: Recorded) -> list[Recorded]:
        """The resource's parents, nearest first, up to the stack, which is not recorded."""
        parent = self.resources.get(resource.parent)
        return [] if parent is None else [parent, *self.lineage(parent)]

    def owner(self, resource: Recorded) -> str | None:
        """The site that a resource belongs to; None for the base."""
        for each in (resource, *self.lineage(resource)):
            if short_type(each.type) == "WordPressSite":
                return each.name
        return None

    def site(self, name: str) -> Recording:
        """A site's component and everything below it, with its exports."""
        return self._part(name, self.exports["sites"][name])

    def base(self) -> Recording:
        """Everything that belongs to no site, with the exports that belong to none."""
        return self._part(None, {k: v for k, v in self.exports.items() if k != "sites"})

    def _part(self, owner: str | None, exports: Mapping[str, Any]) -> Recording:
        kept = {urn: each for urn, each in self.resources.items() if self.owner(each) == owner}
        return Recording(kept, exports, self.secret_exports)


def short_type(token: str) -> str:
    """`aws:rds/cluster:Cluster` → `rds:Cluster`; one of the project's own is its class alone."""
    package, module, name = token.split(":")
    return name if package == PROJECT else f"{module.split('/')[0]}:{name}"


def run_program(config: Mapping[str, Any], monitor: RecordingMonitor | None = None) -> Recording:
    """Run the program. Raises what the program raises.

    `config` holds the keys of Pulumi.ENV.yaml without the project's name; what is no string is
    handed over as JSON, as the engine does. The monitor says which stack it is.
    """
    return run(
        lambda: runpy.run_path(str(PROGRAM), run_name="__main__"),
        monitor or RecordingMonitor(STACK),
        config,
    )


def run(
    program: Callable[[], Any], monitor: RecordingMonitor, config: Mapping[str, Any]
) -> Recording:
    """The same for any function that creates resources, on a monitor that may be kept."""

    async def start() -> None:
        configure(runtime_settings(monitor, monitor.stack_name))
        set_all_config({f"{PROJECT}:{key}": _text(value) for key, value in config.items()})
        await run_in_stack(lambda: program() and None)

    contextvars.Context().run(asyncio.run, start())
    exports = monitor.outputs[monitor.stack_urn]
    return Recording(
        resources=monitor.recorded(),
        exports=plain(exports),
        secret_exports=frozenset(k for k, v in exports.items() if rpc.is_rpc_secret(v)),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
