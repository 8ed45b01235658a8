"""Whose an AWS resource is, by the tags that the program gives everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fleet.names import PROJECT


@dataclass(frozen=True, slots=True)
class Stack:
    """An environment, or one cell of it."""

    environment: str
    cell: str | None


@dataclass(frozen=True, slots=True)
class Owner:
    """A stack, and the site in it; None for what is the shared base's."""

    stack: Stack
    site: str | None


def owner_of(tags: Iterable[Mapping[str, Any]]) -> Owner | None:
    """From AWS's list of `Key` and `Value`; None for what isn't a fleet's."""
    given = {tag["Key"]: tag["Value"] for tag in tags}
    environment = given.get("Environment")
    if given.get("Project") != PROJECT or environment is None:
        return None
    return Owner(Stack(environment, given.get("Cell")), given.get("Site"))
