"""What stops an operation on a fleet."""

from collections.abc import Iterable

from fleet.problems import FleetError


class OperationError(FleetError):
    """A FleetError that no line of a file is to blame for.

    `lines` are the sentences a person is to read, one for each thing that went wrong.
    """

    def __init__(self, lines: str | Iterable[str]) -> None:
        super().__init__(())
        self.lines = (lines,) if isinstance(lines, str) else tuple(lines)

    def __str__(self) -> str:
        return "\n".join(self.lines)
