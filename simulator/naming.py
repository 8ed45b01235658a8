"""Automatic names, by the rule of Pulumi's Terraform bridge.

The name is the resource's logical name, a hyphen and seven hex digits. Too long is refused, never
cut; it stays over updates; a name that the program wrote is left alone, and makes a replacement
delete before it creates.
"""

from __future__ import annotations

import random
from typing import Any

from simulator.check import Failure
from simulator.rows import Row

DEFAULTS = "__defaults"  # the inputs that the provider filled in, as the bridge lists them
SUFFIX_DIGITS = 7

# pulumirpc.CheckRequest.AutonamingOptions.Mode
ENFORCE, DISABLE = 1, 2


def autoname(
    row: Row,
    name: str,
    inputs: dict[str, Any],
    old_inputs: dict[str, Any],
    seed: bytes,
    proposal: tuple[str, int] | None = None,
) -> list[Failure]:
    """Fill the automatic name into `inputs`; what is wrong with it.

    seed: the engine's random seed (the same seed gives the same name); proposal: the name and the
    mode that the project's `pulumi:autonaming` configuration asks for.
    """
    rule = row.autoname
    if rule is None or inputs.get(rule.property) is not None or inputs.get("namePrefix"):
        return []
    defaulted = inputs.setdefault(DEFAULTS, [])
    if rule.property in old_inputs.get(DEFAULTS, []):
        inputs[rule.property] = old_inputs[rule.property]
        defaulted.append(rule.property)
        return []
    proposed, mode = proposal or ("", 0)
    if mode == DISABLE:
        return [(rule.property, "automatic naming is disabled but no explicit name was provided")]
    base = name.lower() if rule.lower else name
    if proposed:
        value = proposed.lower() if rule.lower and mode != ENFORCE else proposed
        too_long = f"proposed name '{value}' exceeds the maximum length of {rule.maxlen}"
    else:
        value = f"{base}-{_suffix(seed)}"
        too_long = (
            f"name '{base}-' plus {SUFFIX_DIGITS} random chars is longer than maximum length "
            f"{rule.maxlen}"
        )
    if len(value) > rule.maxlen and mode != ENFORCE:
        return [(rule.property, too_long)]
    inputs[rule.property] = value
    defaulted.append(rule.property)
    return []


def _suffix(seed: bytes) -> str:
    source = random.Random(seed) if seed else random.SystemRandom()  # noqa: S311 - names, not keys
    return "".join(source.choices("0123456789abcdef", k=SUFFIX_DIGITS))


def named_by_program(row: Row, inputs: dict[str, Any]) -> bool:
    """Whether the program wrote the name that the provider would have made."""
    if row.autoname is None or inputs.get(row.autoname.property) is None:
        return False
    return row.autoname.property not in inputs.get(DEFAULTS, [])
