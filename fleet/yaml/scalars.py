"""What a plain word of YAML means.

YAML 1.1 reads `no` as false, `0777` as 511, `1:30` as 90 and `8.10` as 8.1. Such a word is never
taken for a value here: it becomes a `Trap`, which fits no field, so that the error can say how
it was written and how to write it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from yaml.resolver import Resolver

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# At most 15 digits: every such number is exact as a float, and none takes long to read.
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
# No date and no sensible number is longer, and reading millions of digits takes seconds.
_LONGEST = 40
_FIRST_OF_OTHERS = frozenset("-+0123456789.yYnNoOtTfF~")


@dataclass(frozen=True, slots=True)
class Trap:
    """A plain word that YAML 1.1 takes for something else than it looks like."""

    text: str

    @property
    def meaning(self) -> str:
        """What YAML 1.1 makes of the word, in words."""
        if len(self.text) > _LONGEST:
            return "a number"
        try:
            value: Any = yaml.safe_load(self.text)
        except (ValueError, OverflowError):
            return "a number or date that can't be"
        if isinstance(value, bool):
            return f"the boolean {str(value).lower()}"
        if isinstance(value, date):
            return f"the date {value}"
        return f"the number {value}"


def resolve(text: str) -> str | int | float | bool | Trap | None:
    """The value of a plain (unquoted) scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _FIRST_OF_OTHERS:
        return text
    if _WHOLE.fullmatch(text) and text != "-0":
        return int(text)
    if _DECIMAL.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return Trap(text) if _is_trap(text) else text


def _is_trap(text: str) -> bool:
    resolvers: Any = Resolver.yaml_implicit_resolvers
    return any(
        tag.rpartition(":")[2] in ("bool", "int", "float", "timestamp") and pattern.match(text)
        for tag, pattern in resolvers.get(text[0], ())
    )
