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
    def of(cls, position: Position, path: str, found: str, allowed: str, example: str) -> Problem:
        """A problem whose message has its three parts in the one form that all share."""
        return cls(position, path, f"{found}; allowed is {allowed}; for example {example}")

    def __str__(self) -> str:
        return f"{self.position}: {self.path}: {self.message}"


class FleetError(Exception):
    """A mistake of the user's, told without a traceback. `str()` is one line a problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
