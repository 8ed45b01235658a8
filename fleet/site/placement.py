"""Which listener priority and which uid a site gets, from its name alone.

Every key (a rule, a site) hashes to a list of candidate slots and takes the first one that is a
candidate of no other key. So a slot that two keys could take stays empty, and:

- the order of the file never matters;
- a key only moves when another one comes or goes whose candidates contain its slot, and it
  never moves into a slot that another key could ever have been given. AWS refuses a priority
  that is in use, and the engine may create the new rule before it updates the old one, so the
  usual probing ("the first by name keeps the slot, the other takes the next") would fail
  whenever a collision comes or goes;
- keys keep their slots after creation (the program ignores later changes of a priority or uid):
  whatever a key was once given is among its own candidates, so no newcomer takes it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fleet.batches import in_batches
from fleet.problems import FleetError, Position, Problem
from fleet.quotas import CONDITION_VALUES_A_RULE

if TYPE_CHECKING:
    from fleet.site.model import Site

EXACT_HOSTS = range(1, 40_000)
# Number of labels -> priorities. More labels are more specific, so they come first. Nearly all
# wildcards have three labels (*.example.com), which therefore get half of the room.
WILDCARDS = {
    7: range(40_000, 40_500),
    6: range(40_500, 41_000),
    5: range(41_000, 42_000),
    4: range(42_000, 45_000),
    3: range(45_000, 50_000),
}

# Above the ids of system users, below 2**31, which every NFS client and PHP build takes.
UIDS = range(1_000_000, 2_000_000_000)

# With 100 rules on a load balancer the chance that a rule finds no free candidate is about
# (100 * 16 / 39,999) ** 16 for exact hosts and (1 - exp(-100 * 16 / 5,000)) ** 16 = 1e-9 for
# wildcards of three labels.
CANDIDATES = 16


@dataclass(frozen=True, slots=True)
class Rule:
    """A listener rule of a site: `name` is unique in the site, `hosts` are at most five."""

    name: str
    priority: int
    hosts: tuple[str, ...]


def place_rules(sites: Iterable[Site]) -> dict[str, tuple[Rule, ...]]:
    """The listener rules of each site, by site name, for the sites of one load balancer."""
    wanted = {site.name: _rules_without_priority(site.domains) for site in sites}
    bands: dict[range, list[str]] = {}
    for site, rules in wanted.items():
        for name, (band, _) in rules.items():
            bands.setdefault(band, []).append(f"{site}/{name}")
    priorities = {
        key: slot for band, keys in bands.items() for key, slot in place(keys, band).items()
    }
    return {
        site: tuple(
            Rule(name, priorities[f"{site}/{name}"], hosts) for name, (_, hosts) in rules.items()
        )
        for site, rules in wanted.items()
    }


def place_priorities(sites: Iterable[Site]) -> dict[str, dict[str, int]]:
    """The priority of each rule, by the names of site and rule, for one load balancer's sites."""
    return {
        site: {rule.name: rule.priority for rule in rules}
        for site, rules in place_rules(sites).items()
    }


def rules_of(site: Site, priorities: Mapping[str, int]) -> tuple[Rule, ...]:
    """The listener rules of a site; what has no priority gets one as if the site were alone."""
    return tuple(
        replace(rule, priority=int(priorities.get(rule.name, rule.priority)))
        for rule in place_rules([site])[site.name]
    )


def place_uids(names: Iterable[str]) -> dict[str, int]:
    """The POSIX uid and gid of each site's files, over all sites of the file system's fleet."""
    return place(names, UIDS)


def place(keys: Iterable[str], slots: range) -> dict[str, int]:
    """A slot for each key. Raises FleetError if a key has no candidate of its own."""
    wanted = {key: candidates(key, slots) for key in keys}
    claims = Counter(slot for own in wanted.values() for slot in set(own))
    placed: dict[str, int] = {}
    for key, own in wanted.items():
        slot = next((slot for slot in own if claims[slot] == 1), None)
        if slot is None:
            raise _crowded(key, len(wanted), slots)
        placed[key] = slot
    return placed


def candidates(key: str, slots: range) -> list[int]:
    """The slots that a key may be given, the most wanted first."""
    digest = hashlib.shake_256(key.encode()).digest(4 * CANDIDATES)
    words = (digest[start : start + 4] for start in range(0, len(digest), 4))
    return [slots[int.from_bytes(word) % len(slots)] for word in words]


def _crowded(key: str, count: int, slots: range) -> FleetError:
    message = (
        f"found {count} names that share the numbers {slots[0]} to {slots[-1]}, and no free one "
        "is left for this name; allowed is a name that finds one, or fewer sites in the cell; "
        "for example cell: second"
    )
    return FleetError([Problem(Position("sites.yaml", 1, 1), key, message)])


def _rules_without_priority(
    domains: Sequence[str],
) -> dict[str, tuple[range, tuple[str, ...]]]:
    """Rule name -> the band of its priority and its hosts."""
    groups: dict[str, tuple[range, list[str]]] = {}
    for domain in domains:
        if domain.startswith("*."):
            labels = domain.count(".") + 1
            groups.setdefault(f"wildcards-{labels}", (WILDCARDS[labels], []))[1].append(domain)
        else:
            groups.setdefault("hosts", (EXACT_HOSTS, []))[1].append(domain)
    return {
        f"{group}-{number}": (band, tuple(batch))
        for group, (band, hosts) in groups.items()
        for number, batch in enumerate(in_batches(hosts, CONDITION_VALUES_A_RULE), start=1)
    }
