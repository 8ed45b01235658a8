"""What no schema says: the behaviour of AWS that is code, one small class a type.

A class overrides the moments that it has something to say about:

    @rules_for("aws:lb/targetGroup:TargetGroup")
    class TargetGroup(Rules):
        def create(self, call: Call) -> None:
            if ...:
                raise AwsError("TooManyTargetGroups", "...")

They stand in `rules.py` of the service's folder.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator.difference import Difference
from simulator.services import load, service_of
from simulator.world import Resource, World


@dataclass(slots=True)
class Call:
    """One operation on one resource.

    name: the logical name. props: the properties as they will be (to be changed in place).
    old: the properties as they are in the world, empty at creation. random: where fresh names
    come from. keeps: set by a deletion that leaves the resource where it is.
    """

    world: World
    token: str
    name: str
    region: str
    props: dict[str, Any]
    old: dict[str, Any]
    key: str = ""
    random: random.Random = field(default_factory=random.SystemRandom)
    keeps: bool = False

    def fresh(self, length: int) -> str:
        """Hex digits that nothing had before."""
        return "".join(self.random.choices("0123456789abcdef", k=length))

    def changed(self, *names: str) -> bool:
        """Whether one of the properties gets another value."""
        return any(self.props.get(name) != self.old.get(name) for name in names)


class Rules:
    """The moments at which a type may have its say; by default it has none."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """Failures (place, reason) that the provider finds before AWS is asked."""
        return ()

    def normalise(self, inputs: dict[str, Any]) -> None:
        """Change checked inputs in place, before they are compared and stored."""

    def canonical(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Inputs in the form in which they are compared."""
        return inputs

    def differences(
        self, found: list[Difference], old: dict[str, Any], new: dict[str, Any]
    ) -> list[Difference]:
        """The differences that count; ProviderError for a change that is refused at preview."""
        return found

    def compute(self, call: Call) -> None:
        """Fill computed properties that a template can't say. The world may lack the references."""

    def create(self, call: Call) -> None:
        """AwsError when AWS refuses; side effects in the world. References are known to exist."""

    def update(self, call: Call) -> None:
        """The same for an update."""

    def unsettled(self, world: World, resource: Resource) -> str | None:
        """What the provider waits for now that AWS has taken a creation or update; None at its end.

        ProviderError when it won't come any more.
        """
        return None

    def release(self, world: World, resource: Resource) -> None:
        """What the provider asks of AWS before a deletion, in calls of their own."""

    def delete(self, call: Call) -> None:
        """The same for a deletion; `call.props` are the properties as they are."""

    def forgets(self, resource: Resource) -> bool:
        """Whether the provider's refresh takes for gone what AWS still has."""
        return False

    def read(self, call: Call, state: dict[str, Any]) -> None:
        """Adjust what a refresh reports in `call.props`; `state` is what Pulumi has."""


_REGISTRY: dict[str, Rules] = {}
_NONE = Rules()


def rules_for(*tokens: str) -> Callable[[type[Rules]], type[Rules]]:
    """Class decorator: these are the rules of the types."""

    def register(cls: type[Rules]) -> type[Rules]:
        _REGISTRY.update(dict.fromkeys(tokens, cls()))
        return cls

    return register


def hooks(token: str) -> Rules:
    """The rules of a type."""
    load(service_of(token), "rules")
    return _REGISTRY.get(token, _NONE)
