"""Priorities and uids: nobody moves for a neighbour, and no two ever meet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fleet.fields.hosts import WILDCARD_LABELS
from fleet.problems import FleetError
from fleet.quotas import CONDITION_VALUES_A_RULE, LISTENER_RULE_PRIORITIES
from fleet.site.model import Site
from fleet.site.placement import (
    EXACT_HOSTS,
    UIDS,
    WILDCARDS,
    candidates,
    place,
    place_rules,
    place_uids,
)

# So few slots that most examples have collisions; the real ranges have next to none.
FEW = range(100, 300)

keys = st.sets(st.integers(0, 200).map("site-{}".format), max_size=8)
key = st.integers(0, 200).map("site-{}".format)
label = st.integers(0, 10_000).map("l{}".format)


def place_few(names: Iterable[str]) -> dict[str, int]:
    try:
        return place(names, FEW)
    except FleetError:
        assume(condition=False)
        raise


def site(name: str, *domains: str) -> Site:
    return Site(name=name, domains=domains or (f"{name}.example.com",))


@given(st.permutations([f"site-{n}" for n in range(8)]))
def test_the_order_of_the_file_does_not_matter(names: list[str]) -> None:
    assert place(names, FEW) == place(sorted(names), FEW)


@given(keys)
def test_no_two_meet(names: set[str]) -> None:
    placed = place_few(names)
    assert placed.keys() == names
    assert len(set(placed.values())) == len(names)
    assert set(placed.values()) <= set(FEW)


@given(keys, key)
def test_who_shares_no_candidate_with_a_newcomer_stays(names: set[str], newcomer: str) -> None:
    before, after = place_few(names - {newcomer}), place_few(names | {newcomer})
    moved = {name for name in before if before[name] != after[name]}
    contested = set(candidates(newcomer, FEW))
    assert all(contested & {before[name], after[name]} for name in moved)


@given(keys, key)
def test_who_moves_meets_nobody_on_the_way(names: set[str], newcomer: str) -> None:
    """Whichever rule the engine changes first, AWS sees no priority twice."""
    before, after = place_few(names - {newcomer}), place_few(names | {newcomer})
    for one, other in itertools.permutations(after, 2):
        assert after[one] != before.get(other)


@given(st.lists(st.tuples(st.booleans(), key), max_size=30))
def test_kept_slots_are_never_given_away(history: list[tuple[bool, str]]) -> None:
    """The program sets a slot at creation and leaves it, whatever is computed later."""
    kept: dict[str, int] = {}
    for comes, name in history:
        if comes and name not in kept:
            slot = place_few([*kept, name])[name]
            assert slot not in kept.values()
            kept[name] = slot
        elif not comes:
            kept.pop(name, None)


@given(keys)
def test_a_contested_slot_stays_empty(names: set[str]) -> None:
    wanted = {name: set(candidates(name, FEW)) for name in names}
    for name, slot in place_few(names).items():
        assert not any(slot in wanted[other] for other in names - {name})


def test_too_many_for_the_slots_is_an_error() -> None:
    with pytest.raises(FleetError, match="no free one is left"):
        place([f"site-{n}" for n in range(1000)], FEW)


def test_the_numbers_never_change() -> None:
    """Another hash would move the rules and the files of every site that exists."""
    rules = place_rules([site("blog"), site("shop", "shop.example.com", "*.example.com")])
    assert [rule.priority for rule in rules["blog"]] == [14_658]
    assert [rule.priority for rule in rules["shop"]] == [33_399, 45_824]
    assert place_uids(["blog", "shop"]) == {"blog": 60_969_538, "shop": 596_856_196}


def test_hosts_are_cut_into_rules_of_five() -> None:
    hosts = tuple(f"a{n}.example.com" for n in range(11))
    rules = place_rules([site("blog", *hosts)])["blog"]
    assert [rule.name for rule in rules] == ["hosts-1", "hosts-2", "hosts-3"]
    assert tuple(host for rule in rules for host in rule.hosts) == hosts
    assert max(len(rule.hosts) for rule in rules) == CONDITION_VALUES_A_RULE


def test_wildcards_have_rules_by_their_labels() -> None:
    domains = ("example.com", "*.example.com", "*.a.example.com", "*.b.example.com")
    rules = place_rules([site("blog", *domains)])["blog"]
    assert {rule.name: rule.hosts for rule in rules} == {
        "hosts-1": ("example.com",),
        "wildcards-3-1": ("*.example.com",),
        "wildcards-4-1": ("*.a.example.com", "*.b.example.com"),
    }


@given(st.lists(st.tuples(label, label), min_size=1, max_size=20, unique=True))
def test_exact_hosts_win_over_wildcards_and_more_labels_over_fewer(
    names: list[tuple[str, str]],
) -> None:
    sites = [
        site(f"{one}-{two}", f"{one}.{two}.example", f"*.{one}.{two}.example", f"*.{two}.example")
        for one, two in names
    ]
    placed = place_rules(sites)
    for rules in placed.values():
        exact, four, three = (rule.priority for rule in rules)
        assert exact < four < three
    every = [rule.priority for rules in placed.values() for rule in rules]
    assert len(set(every)) == len(every)


def test_the_bands_fill_what_a_listener_has() -> None:
    bands = [EXACT_HOSTS, *(WILDCARDS[labels] for labels in sorted(WILDCARDS, reverse=True))]
    assert all(one.stop == other.start for one, other in itertools.pairwise(bands))
    assert bands[0].start == LISTENER_RULE_PRIORITIES.start
    assert bands[-1].stop <= LISTENER_RULE_PRIORITIES.stop
    assert max(WILDCARDS) == WILDCARD_LABELS


def test_a_fleet_of_ten_thousand_finds_room() -> None:
    uids = place_uids(f"site-{n}" for n in range(10_000))
    assert len(set(uids.values())) == 10_000
    assert all(uid in UIDS for uid in uids.values())


def test_a_full_load_balancer_finds_room() -> None:
    for start in range(0, 10_000, 100):
        numbers = range(start, start + 100)
        placed = place_rules(site(f"s{n}", f"s{n}.example.com", f"*.s{n}.com") for n in numbers)
        assert len({rule.priority for rules in placed.values() for rule in rules}) == 200
