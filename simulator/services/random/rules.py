"""random: passwords, which live in Pulumi's state only."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Any

from simulator.rules import Call, Rules, rules_for

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


def _groups(inputs: dict[str, Any]) -> list[tuple[str, int]]:
    """The alphabets that may be used, each with the least number of characters from it."""
    special = inputs.get("overrideSpecial") or SPECIAL
    choices = [
        ("upper", "minUpper", string.ascii_uppercase),
        ("lower", "minLower", string.ascii_lowercase),
        ("numeric", "minNumeric", string.digits),
        ("special", "minSpecial", special),
    ]
    return [
        (alphabet, int(inputs.get(least, 0)))
        for flag, least, alphabet in choices
        if inputs.get(flag, True)
    ]


@rules_for("random:index/randomPassword:RandomPassword")
class RandomPassword(Rules):
    """A secret text."""

    def check(self, inputs: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """The length must hold the characters that are asked for."""
        least = sum(count for _, count in _groups(inputs))
        length = inputs.get("length")
        if isinstance(length, int) and length < least:
            yield "length", f"length must be at least {least}, the sum of the minimums: {length}"
        if not _groups(inputs):
            yield "special", "at least one of upper, lower, numeric and special must be true"

    def compute(self, call: Call) -> None:
        """Draw the characters; what is in the state stays."""
        call.props["number"] = call.props.get("numeric", True)
        if call.props.get("result"):
            return
        groups = _groups(call.props)
        drawn = [call.random.choice(alphabet) for alphabet, least in groups for _ in range(least)]
        every = "".join(alphabet for alphabet, _ in groups)
        drawn += call.random.choices(every, k=int(call.props["length"]) - len(drawn))
        call.random.shuffle(drawn)
        call.props["result"] = "".join(drawn)
        # Not a real hash of the result: bcrypt is slow on purpose and nothing here checks it.
        call.props["bcryptHash"] = f"$2a$10${call.fresh(53)}"
