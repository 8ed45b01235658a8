"""One changed property, as a diff finds it and the rules of a type judge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed property: its place (`loadBalancers[0].containerPort`)."""

    at: str
    kind: Kind
    replaces: bool

    @property
    def top(self) -> str:
        """The name of the top-level property."""
        return self.at.split(".", 1)[0].split("[", 1)[0]
