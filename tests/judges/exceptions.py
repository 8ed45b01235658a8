"""The accepted exceptions, and which of them a finding falls under."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import yaml

from tests.judges.judges import Finding

FILE = Path(__file__).with_name("exceptions.yaml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption:
    """One entry of exceptions.yaml, which tells what the fields mean."""

    what: str
    reason: str
    checks: tuple[str, ...] = ()
    of: str = ""
    only: tuple[str, ...] = ("*",)
    controls: tuple[str, ...] = ()

    def covers(self, finding: Finding) -> bool:
        return (
            finding.check in self.checks
            and finding.type == self.of
            and any(fnmatchcase(finding.resource, pattern) for pattern in self.only)
        )


@cache
def exemptions() -> list[Exemption]:
    """All of them, in the file's order."""
    return [
        Exemption(
            **{
                key: tuple(value) if isinstance(value, list) else value
                for key, value in entry.items()
            }
        )
        for entry in yaml.safe_load(FILE.read_text())
    ]
