"""What an engine does while it works, as typed events."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pulumi.automation import EngineEvent, OpType
from pulumi.automation.events import DiagnosticEvent, StepEventMetadata

Action = Literal["create", "update", "replace", "delete"]

SITE_TYPE = "wordpress-fleet:index:WordPressSite"
STACK_TYPE = "pulumi:pulumi:Stack"
# The stack itself and provider processes: nothing that a person asked for.
NOT_SHOWN = ("pulumi:pulumi:", "pulumi:providers:")
# The engine's mark-up, such as <{%fg 1%}>.
COLOR = re.compile(r"<\{%.*?%\}>")

# A replacement is several steps of the engine; the one that counts is the new resource's.
_ACTIONS: Mapping[OpType, Action] = {
    OpType.CREATE: "create",
    OpType.IMPORT: "create",
    OpType.UPDATE: "update",
    OpType.CREATE_REPLACEMENT: "replace",
    OpType.DELETE: "delete",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the program: its URN in parts."""

    urn: str

    @property
    def type(self) -> str:
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True, slots=True)
class Change:
    """A resource that is to change or has changed; `site` is None for the shared base."""

    resource: Resource
    action: Action
    site: str | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A preview found that a resource would change."""

    change: Change


@dataclass(frozen=True, slots=True)
class Started:
    """The engine begins to change a resource."""

    change: Change


@dataclass(frozen=True, slots=True)
class Finished:
    """The engine has changed a resource."""

    change: Change


@dataclass(frozen=True, slots=True)
class Failure:
    """An error, of one resource, or of the program or the engine when `resource` is None."""

    resource: Resource | None
    site: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """A resource that an interrupted run had made unseen, and that is now in the state."""

    resource: Resource
    site: str | None


@dataclass(frozen=True, slots=True)
class HalfDone:
    """A resource whose last creation or update failed; `up` reads it again first."""

    resource: Resource
    site: str | None


@dataclass(frozen=True, slots=True)
class Reread:
    """Such a resource, read again: `differs` names the properties that AWS has otherwise."""

    resource: Resource
    site: str | None
    differs: tuple[str, ...]


Event = Adopted | HalfDone | Reread | Planned | Started | Finished | Failure


class Translator:
    """Turns the engine's events into ours. Learns who is whose parent, to tell the site by.

    `parents`: URN -> its parent's URN, of what the stack holds already; without it a resource that
    is deleted before its parent shows up has no site.
    """

    def __init__(self, parents: Mapping[str, str]) -> None:
        self._parents = dict(parents)

    def translate(self, event: EngineEvent) -> Event | None:
        """Our event, or None for what nobody needs to see."""
        if event.resource_pre_event:
            change = self._change(event.resource_pre_event.metadata)
            return Started(change) if change else None
        if event.res_outputs_event:
            change = self._change(event.res_outputs_event.metadata)
            return Finished(change) if change else None
        if event.diagnostic_event and event.diagnostic_event.severity == "error":
            return self._failure(event.diagnostic_event)
        return None

    def site_of(self, urn: str | None) -> str | None:
        """The site whose component the resource is in; None for the shared base."""
        while urn:
            if Resource(urn).type == SITE_TYPE:
                return Resource(urn).name
            urn = self._parents.get(urn)
        return None

    def _change(self, step: StepEventMetadata) -> Change | None:
        state = step.new or step.old
        if state and state.parent:
            self._parents[step.urn] = state.parent
        action = _ACTIONS.get(step.op)
        resource = Resource(step.urn)
        if action is None or resource.type.startswith(NOT_SHOWN):
            return None
        return Change(resource, action, self.site_of(step.urn))

    def _failure(self, said: DiagnosticEvent) -> Failure:
        message = COLOR.sub("", said.message).strip()
        if not said.urn or Resource(said.urn).type == STACK_TYPE:
            return Failure(None, None, message)
        return Failure(Resource(said.urn), self.site_of(said.urn), message)
