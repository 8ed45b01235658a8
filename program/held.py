"""What the stack holds before this run."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi

SITE_TYPE = "wordpress-fleet:index:WordPressSite"

Held = Mapping[str, Mapping[str, Any]]
"""URN -> {type, outputs}."""


def held_resources() -> Held:
    """The stack's resources as the last run left them."""
    with _references_as_text():
        answer = pulumi.runtime.invoke(
            "pulumi:pulumi:readStackResourceOutputs", {"stackName": pulumi.get_stack()}
        )
    return answer.value.get("outputs", {})


@contextmanager
def _references_as_text() -> Iterator[None]:
    """Keeps the SDK from looking up the resources that an answer refers to.

    The stack's old outputs refer to the children of awsx's components, which this run hasn't
    registered yet: the engine would answer "unknown resource" and fail the program.
    """
    switch = "PULUMI_DISABLE_RESOURCE_REFERENCES"
    before = os.environ.get(switch)
    os.environ[switch] = "true"
    try:
        yield
    finally:
        if before is None:
            del os.environ[switch]
        else:
            os.environ[switch] = before
