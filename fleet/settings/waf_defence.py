"""Challenges before the hosts of sites under attack, which end by themselves.

They are rules of one group that the web ACL names, and a state machine is the only thing that
writes them: it puts a site's rules there, waits, and takes them away, whoever is gone by then. A
rule's name says until when it holds, so that whatever runs next takes away what is over, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.settings.waf_rules import hosts_patterns

# What the full set of rules leaves of the 1,500 units that have one price, three units a rule.
RULE_UNITS = 3
MOST_RULES = 5
GROUP_UNITS = MOST_RULES * RULE_UNITS
# The name of no site: all of them.
ALL = ""
_ANY_HOST = "."


@dataclass(frozen=True, slots=True)
class Challenge:
    """A rule of the group: of a site, or of all with the name `ALL`, until a time in seconds."""

    site: str
    until: int


def challenges(rule_names: Iterable[str]) -> set[Challenge]:
    """What the names of the group's rules say; names that others gave are left out."""
    found: set[Challenge] = set()
    for name in rule_names:
        until, *rest = name.split("_")
        if until.isdecimal() and len(rest) == 2:
            found.add(Challenge(rest[0], int(until)))
    return found


def order(site: str, hosts: Sequence[str], until: int) -> dict[str, Any]:
    """The input of the machine: challenge the hosts of a site until then.

    The site `ALL` needs no hosts. What the machine did for the site before is replaced.
    """
    patterns = hosts_patterns(hosts) if site != ALL else [_ANY_HOST]
    return {"site": site, "until": until, "patterns": patterns}


def ending(site: str) -> dict[str, Any]:
    """The input of the machine: challenge nobody any more of the site, or of any with `ALL`."""
    return {"site": site, "until": 0, "patterns": []}
