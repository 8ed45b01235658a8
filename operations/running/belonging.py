"""Whose an AWS resource is, by the tags that the program gives everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fleet.settings import PROJECT


@dataclass(frozen=True, slots=True)
class Stack:
    """The tags of one stack: an environment, or one cell of it."""

    environment: str
    cell: str | None

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether a resource with these tags is the stack's; the one without a cell has no Cell."""
        return (tags.get("Project"), tags.get("Environment"), tags.get("Cell")) == (
            PROJECT,
            self.environment,
            self.cell,
        )


def tags_of(listed: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """From AWS's list of `Key` and `Value`."""
    return {tag["Key"]: tag["Value"] for tag in listed}
