"""Faults that are planted one at a time: the judges and the simulator together find every one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pytest

from tests.judges import fleets
from tests.judges.faults import Account, Fault, faults
from tests.judges.judges import judge
from tests.judges.template import template
from tests.program.fleets import Programs
from tests.program.recording import Recording

SOUND = "sound"


@pytest.fixture(scope="module")
def recording(programs: Programs) -> Recording:
    sites, settings = fleets.production()
    return programs.run(sites, settings, stack="production")


@pytest.fixture(scope="module")
def finders(
    recording: Recording, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, set[str]]:
    """The name of a fault's template -> the judges that have something against it.

    What they have against the sound resource as well is no find.
    """
    planted = {name_of(fault): fault.template(recording) for fault in faults()}
    whole = template(recording)
    touched = {name for each in planted.values() for name in each["Resources"]}
    sound = {**whole, "Resources": {name: whole["Resources"][name] for name in touched}}
    judged = judge({**planted, SOUND: sound}, tmp_path_factory.mktemp("faults"))
    before = {(each.check, each.resource, each.words) for each in judged if each.template == SOUND}
    found: dict[str, set[str]] = defaultdict(set)
    for each in judged:
        if (each.check, each.resource, each.words) not in before:
            found[each.template].add(each.judge)
    return found


def name_of(fault: Fault) -> str:
    return fault.fault.replace(" ", "-").replace("/", "-")


@pytest.mark.parametrize("fault", faults(), ids=name_of)
def test_it_is_found(fault: Fault, recording: Recording, finders: Mapping[str, set[str]]) -> None:
    found = set(finders.get(name_of(fault), set()))
    if Account(recording).refusal(fault.resource(recording)) is not None:
        found.add("simulator")
    assert found >= set(fault.found_by), f"found by {sorted(found) or 'nobody'}"


def test_the_sound_program_is_made(recording: Recording) -> None:
    """What the simulator refuses is the fault: it makes the same resource without it."""
    refused = {
        fault.fault: Account(recording).refusal(fault.sound(recording)) for fault in faults()
    }
    assert {fault: words for fault, words in refused.items() if words} == {}


def test_each_says_who_finds_it() -> None:
    assert [each.fault for each in faults() if not each.found_by] == []
    assert len({name_of(each) for each in faults()}) == len(faults())
