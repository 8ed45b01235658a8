"""Changes in words."""

from collections.abc import Mapping

BASE = "shared base"
PAST = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted"}


def past(counts: Mapping[str, int]) -> str:
    """`3 created, 1 updated`."""
    return ", ".join(f"{counts[action]} {word}" for action, word in PAST.items() if counts[action])
