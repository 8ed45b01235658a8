"""No resource is renamed by accident."""

from __future__ import annotations

from tests.program import golden
from tests.program.recording import Recording

WHAT_IT_WOULD_DO = """
The engine knows a resource by this name, made of the types of its parents, its type and its
logical name. One that is gone is deleted, and one that is new is created: a renamed database would
be a new, empty one. Running stacks go through this change at their next `pulumi up`.
 - Renamed by accident: take the name back.
 - Renamed on purpose: give the resource or the component `aliases` in its ResourceOptions, so that
   the engine takes it for the same one, and keep them for as long as old stacks live.
 - Added or removed on purpose: nothing else to do.
Then write the list again: """


def test_every_resource_keeps_its_name(varied: Recording) -> None:
    before, now = set(golden.FILE.read_text().split()), set(golden.urns(varied).split())
    lines = [f"gone: {urn}" for urn in sorted(before - now)]
    lines += [f"new:  {urn}" for urn in sorted(now - before)]
    assert not lines, "\n".join([*lines, f"{WHAT_IT_WOULD_DO}{golden.COMMAND}"])
