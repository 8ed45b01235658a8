"""What the parts of a site and of the base have in common: one argument, their context."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import pulumi

from fleet.settings.model import Settings

NO_OUTPUTS: Mapping[str, Any] = MappingProxyType({})


class Part(Protocol):
    """One subject of a site or of the base, made of its context alone.

    A plain class: a component resource for each would be a third more resources in a stack, and a
    first `up` grows with their square.
    """

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Outputs of the component that it is a part of, which says what each of them is."""
        ...


P = TypeVar("P", bound=Part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Whose the part is, the environment's settings, and the parts that were made before it."""

    owner: pulumi.ComponentResource
    """The component whose part it is; the part's resources hang directly below it."""
    settings: Settings
    tags: Mapping[str, str]
    """Those of everything below the owner, which sees to it by itself (`components.tags`)."""
    protect: bool
    """Whether data may not be deleted."""
    _made: dict[type[Part], Part] = field(default_factory=dict[type[Part], Part])

    @property
    def child(self) -> pulumi.ResourceOptions:
        """The options of a part's resource."""
        return pulumi.ResourceOptions(parent=self.owner)

    @property
    def keeper(self) -> pulumi.ResourceOptions:
        """The options of a resource that holds data."""
        return pulumi.ResourceOptions(parent=self.owner, protect=self.protect)

    def make(self, parts: Iterable[type[Any]]) -> None:
        """Makes the parts in this order; each finds those before it."""
        for part in parts:
            self._made[part] = part(self)

    def part(self, kind: type[P]) -> P:
        """The part of this kind. Raises KeyError where the list of parts has it later or not."""
        made = self._made[kind]
        assert isinstance(made, kind)
        return made

    @property
    def outputs(self) -> dict[str, Any]:
        """What the parts have to tell."""
        return {name: value for part in self._made.values() for name, value in part.outputs.items()}
