"""What stops an operation on a fleet."""

from collections.abc import Iterable

from fleet.problems import FleetError
from fleet.wording import nearest


class OperationError(FleetError):
    """A FleetError that no line of a file is to blame for.

    `lines` are the sentences a person is to read, one for each thing that went wrong.
    """

    def __init__(self, lines: str | Iterable[str]) -> None:
        super().__init__(())
        self.lines = (lines,) if isinstance(lines, str) else tuple(lines)

    def __str__(self) -> str:
        return "\n".join(self.lines)


def meant(name: str, known: Iterable[str]) -> str:
    """What to say of a name that is not among the known ones: the nearest, or all of them."""
    names = sorted(known)
    near = nearest(name, names)
    return f"did you mean {near}?" if near else f"there are: {', '.join(names) or 'none'}"
