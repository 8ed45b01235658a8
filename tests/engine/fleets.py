"""Sites for sites.yaml."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import Any

from fleet.site.placement import EXACT_HOSTS, place


def site(name: str, **fields: Any) -> dict[str, Any]:
    """A site with one domain of its own."""
    return {"domains": [f"{name}.example.com"], **fields}


PLAIN = {"anchor": site("anchor")}


def full(name: str) -> dict[str, Any]:
    """A site with every option that adds a resource."""
    hosts = [f"{letter}.{name}.example.com" for letter in "abcdef"]
    nights = {"cron": "0 22 * * ? *", "timezone": "Europe/Berlin", "min": 1, "max": 2}
    return {
        "domains": [*hosts, f"*.{name}.example.com"],
        "scaling": {"min": 1, "max": 3, "requests": 500, "schedules": {"night": nights}},
        "database": {"readers": 1},
    }


@cache
def rival(name: str) -> str:
    """A site name whose first listener rule wants the priority that the site `name` has."""
    wanted = _priority(name)
    return next(other for n in count() if _priority(other := f"rival{n}") == wanted)


def _priority(name: str) -> int:
    """The priority of a site with one rule that is alone on its load balancer."""
    (priority,) = place([f"{name}/hosts-1"], EXACT_HOSTS).values()
    return priority
