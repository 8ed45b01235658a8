"""Which schedules of the account have come, as somebody looks again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fleet.fields.occurrences import occurrences


@dataclass
class Clock:
    """What came while nobody looked is not made up for."""

    _next: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)

    def is_due(self, key: str, expression: str, zone: str, now: datetime) -> bool:
        """Whether it has come since the last look; never at the first one."""
        told = f"{expression} {zone}"
        known, at = self._next.get(key, ("", None))
        if known == told and (at is None or now < at):
            return False
        self._next[key] = (told, next(occurrences(expression, zone, now), None))
        return known == told
