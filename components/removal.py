"""Refuses, before anything is touched, to take a site out whose data is still protected.

The engine would refuse too, since the data is protected, but in its own words and, when a run
skips the preview, after it has changed other things.
"""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi

SITE_TYPE = "wordpress-fleet:index:WordPressSite"


def refuse_removals(sites: Collection[str], sites_file: str) -> None:
    """Raises pulumi.RunError when the stack holds a protected site that is not in `sites`."""
    with _references_as_text():
        answer = pulumi.runtime.invoke(
            "pulumi:pulumi:readStackResourceOutputs", {"stackName": pulumi.get_stack()}
        )
    gone = protected_sites(answer.value.get("outputs", {})) - set(sites)
    if gone:
        raise pulumi.RunError("\n".join(_message(site, sites_file) for site in sorted(gone)))


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


def protected_sites(resources: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The sites of a stack that may not simply go. `resources` is URN -> {type, outputs}.

    A site whose first `up` was cut short has no outputs yet and counts as protected.
    """
    return {
        urn.rsplit("::", 1)[1]
        for urn, resource in resources.items()
        if resource["type"] == SITE_TYPE and resource["outputs"].get("protected", True)
    }


def _message(site: str, sites_file: str) -> str:
    return (
        f"{sites_file}: sites.{site}: the site is not in the file (or lives in another cell now), "
        f"but its data is protected in the stack {pulumi.get_stack()}; nothing was changed. "
        f"To remove it: put it back with `state: retired`, run `pulumi up`, "
        f"then take it out and run `pulumi up` again. Its files and a final database snapshot stay."
    )
