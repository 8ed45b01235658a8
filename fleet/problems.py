"""What is wrong with a file a person wrote, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text file; line and column count characters from 1, as editors do."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `message` reads `what was found; what is allowed; an example`."""

    position: Position
    path: str
    message: str

    @classmethod
    def at(cls, position: Position, path: str, breach: Breach) -> Problem:
        """The problem that a broken rule is at a place."""
        return cls.of(position, path, breach.found, breach.allowed, breach.example)

    @classmethod
    def of(cls, position: Position, path: str, found: str, allowed: str, example: str) -> Problem:
        """A problem whose message has its three parts in the one form that all share."""
        return cls(position, path, f"{found}; allowed is {allowed}; for example {example}")

    def __str__(self) -> str:
        return f"{self.position}: {self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken rule whose place is yet to be found.

    `paths` are the fields that the rule reads, the one to blame first. The other parts are those
    of a problem's message.
    """

    paths: tuple[tuple[str | int, ...], ...]
    found: str
    allowed: str
    example: str


def distinct(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of their positions, each once.

    What stands behind an anchor is found on several paths; one is enough.
    """
    found = {(each.position, each.message): each for each in sorted(problems, reverse=True)}
    return tuple(sorted(found.values()))


class FleetError(Exception):
    """A mistake of the user's, told without a traceback. `str()` is one line a problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = distinct(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
