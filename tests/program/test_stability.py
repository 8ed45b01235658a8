"""Changing the file touches no other site's resources, nor the base."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest

from fleet.site.placement import EXACT_HOSTS, place
from tests.program.difference import leaves
from tests.program.fleets import OWN, VARIED, Programs, site
from tests.program.recording import Recording

FIRST = "blog/hosts-1"
SETTINGS = {"sharedDatabase": {"minAcu": 0.5, "maxAcu": 4}}


def crowding(key: str, pattern: str) -> str:
    """A site whose coming would give the rule `key` another priority, found by trying names."""
    (alone,) = place([key], EXACT_HOSTS).values()
    return next(
        name
        for name in (pattern.format(number) for number in count())
        if place([key, f"{name}/hosts-1"], EXACT_HOSTS)[key] != alone
    )


CROWDING = (crowding(FIRST, "a{}"), crowding(FIRST, "z{}"))
FLEET: dict[str, Any] = {**VARIED, CROWDING[0]: site(CROWDING[0])}

CHANGES: dict[str, tuple[str, Mapping[str, Any] | None]] = {
    "a site comes": ("new", site("new")),
    "a site comes that wants a taken priority": (CROWDING[1], site(CROWDING[1])),
    "a site changes": ("shop", {**VARIED["shop"], "size": {"cpu": 2048, "memory": 4096}}),
    "a site gets more domains": ("docs", site("docs", domains=[f"{n}.docs.eu" for n in range(11)])),
    "a site is paused": ("wiki", {**VARIED["wiki"], "state": "paused"}),
    "a site goes": ("old", None),
    "a site goes that wanted a taken priority": (CROWDING[0], None),
}


def kept(run: Recording, *, but: str) -> dict[str, dict[str, Any]]:
    """What the engine would compare, of everything that isn't that site's."""
    return {
        urn: leaves(each, without_ignored=True)
        for urn, each in run.resources.items()
        if run.owner(each) != but
    }


def priorities(run: Recording) -> dict[str, int]:
    return {rule.urn: rule.inputs["priority"] for rule in run.of_type("lb:ListenerRule")}


def changed(name: str, entry: Mapping[str, Any] | None) -> dict[str, Any]:
    others = {each: fields for each, fields in FLEET.items() if each != name}
    return others if entry is None else {name: entry, **others}


@pytest.mark.parametrize(("name", "entry"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_one_site_touches_nothing_else(
    programs: Programs, name: str, entry: Mapping[str, Any] | None
) -> None:
    before = programs.run(FLEET, SETTINGS)
    after = programs.run(changed(name, entry), SETTINGS)
    assert kept(before, but=name) == kept(after, but=name)


@pytest.mark.parametrize(("name", "entry"), CHANGES.values(), ids=CHANGES)
def test_no_new_rule_wants_the_priority_that_a_standing_rule_keeps(
    programs: Programs, name: str, entry: Mapping[str, Any] | None
) -> None:
    standing = priorities(programs.run(FLEET, SETTINGS))
    after = priorities(programs.run(changed(name, entry), SETTINGS))
    new = {urn: number for urn, number in after.items() if urn not in standing}
    assert not set(new.values()) & set(standing.values())


def test_the_colliding_names_do_collide(programs: Programs) -> None:
    """Or the tests above would show nothing."""
    without = {name: entry for name, entry in FLEET.items() if name != CROWDING[0]}
    (rule,) = (urn for urn in priorities(programs.run(VARIED, SETTINGS)) if "::blog-" in urn)
    assert (
        priorities(programs.run(without, SETTINGS))[rule]
        != priorities(programs.run(FLEET, SETTINGS))[rule]
    )


def test_the_order_of_the_file_means_nothing(programs: Programs) -> None:
    forwards = programs.run(FLEET, SETTINGS)
    backwards = programs.run(dict(reversed(FLEET.items())), SETTINGS)
    assert kept(forwards, but="") == kept(backwards, but="")
    assert priorities(forwards) == priorities(backwards)
    assert forwards.exports == backwards.exports


def test_two_runs_of_one_fleet_are_the_same(programs: Programs, varied: Recording) -> None:
    again = programs.run(VARIED, {**SETTINGS, **dict(reversed(OWN.items()))})
    assert kept(varied, but="") == kept(again, but="")
