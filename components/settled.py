"""Outputs of a site that a failed run left incomplete."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.output import contains_unknowns


def settled(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs, with None for what a failed run didn't get to know.

    Pulumi would write the UUID that stands for an unknown value into the state, and tools that
    read the outputs would take it for a name or an ARN. A preview shows unknown values as such.
    """
    if pulumi.runtime.is_dry_run():
        return dict(outputs)
    return {
        name: pulumi.Output.from_input(value).apply(_known, run_with_unknowns=True)
        for name, value in outputs.items()
    }


def _known(value: Any) -> Any:
    return None if contains_unknowns(value) else value
