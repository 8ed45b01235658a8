"""A site whose data is protected can't just be taken out of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from program.removal import SITE_TYPE, protected_sites
from tests.program.fleets import PLAIN, Programs, site
from tests.program.recording import Recording

PREFIX = "urn:pulumi:test::wordpress-fleet::"


def stack_with(**sites: Mapping[str, Any]) -> dict[str, Any]:
    """The resources of a stack as the engine lists them: these sites, and what else there is."""
    resources = {
        f"{PREFIX}pulumi:pulumi:Stack::wordpress-fleet-test": ("pulumi:pulumi:Stack", {}),
        f"{PREFIX}{SITE_TYPE}$aws:ecs/service:Service::old": ("aws:ecs/service:Service", {}),
        **{f"{PREFIX}{SITE_TYPE}::{name}": (SITE_TYPE, outputs) for name, outputs in sites.items()},
    }
    return {
        urn: {"type": type_, "name": urn.split("::")[-1], "outputs": outputs}
        for urn, (type_, outputs) in resources.items()
    }


@pytest.mark.parametrize(
    ("outputs", "protected"),
    [
        ({"protected": True}, {"old"}),
        ({"protected": False}, set()),
        # Its first `up` was cut short: nobody has said that its data may go.
        ({}, {"old"}),
    ],
    ids=["protected", "retired", "never completed"],
)
def test_who_may_not_simply_go(outputs: Mapping[str, Any], protected: set[str]) -> None:
    assert protected_sites(stack_with(old=outputs)) == protected


def test_the_outputs_that_it_reads_are_those_that_a_site_registers(programs: Programs) -> None:
    def registered(run: Recording) -> dict[str, Any]:
        component = run.named("WordPressSite", "blog")
        return {component.urn: {"type": component.type, "outputs": component.outputs}}

    assert protected_sites(registered(programs.run(PLAIN))) == {"blog"}
    retired = programs.run({"blog": site("blog", state="retired")})
    assert protected_sites(registered(retired)) == set()
    assert protected_sites(registered(programs.run(PLAIN, {"protectData": False}))) == set()


def test_a_protected_site_is_missed_before_anything_is_registered(programs: Programs) -> None:
    stack = stack_with(old={"protected": True}, blog={"protected": True}, older={})
    with pytest.raises(pulumi.RunError) as refused:
        programs.run(PLAIN, stack_resources=stack)
    old, older = str(refused.value).splitlines()
    assert "sites.old: " in old
    assert "sites.older: " in older
    assert "nothing was changed" in old
    assert "put it back with `state: retired`, run `pulumi up`, then take it out" in old
    assert programs.registered == []


@pytest.mark.parametrize("outputs", [{"protected": False}], ids=["retired"])
def test_a_retired_site_may_go(programs: Programs, outputs: Mapping[str, Any]) -> None:
    run = programs.run(PLAIN, stack_resources=stack_with(old=outputs, blog={"protected": True}))
    assert list(run.exports["sites"]) == ["blog"]


def test_a_site_that_moves_to_another_cell_is_missed_too(programs: Programs) -> None:
    fleet = {"blog": site("blog"), "shop": site("shop", cell="east")}
    with pytest.raises(pulumi.RunError, match=r"lives in another cell now.*--begin shop"):
        programs.run(fleet, stack_resources=stack_with(shop={"protected": True}))


def test_a_paused_site_is_not_missed(programs: Programs) -> None:
    fleet = {"blog": site("blog", state="paused")}
    run = programs.run(fleet, stack_resources=stack_with(blog={"protected": True}))
    assert run.exports["sites"]["blog"]["state"] == "paused"


GUEST = {"protected": True, "database": {"placement": "shared"}}
OWN = {"protected": True, "database": {"placement": "dedicated", "min_acu": 0.5, "max_acu": 4}}


def test_a_site_does_not_leave_its_schema_in_the_shared_database_unasked(
    programs: Programs,
) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        programs.run(PLAIN, stack_resources=stack_with(blog=GUEST))
    [told] = str(refused.value).splitlines()
    assert "sites.blog.database.placement: dedicated would give the site an empty" in told
    assert "set `state: retired` with the old value, run `pulumi up`, then set the new" in told
    assert "The schema stays in the shared database, and the site starts empty." in told
    assert programs.registered == []


@pytest.mark.parametrize(
    "outputs",
    [{**GUEST, "protected": False}, OWN, {}],
    ids=["retired", "never there", "never completed"],
)
def test_a_site_that_leaves_nothing_behind_gets_its_own_database(
    programs: Programs, outputs: Mapping[str, Any]
) -> None:
    run = programs.run(PLAIN, stack_resources=stack_with(blog=outputs))
    assert run.exports["sites"]["blog"]["database"]["placement"] == "dedicated"


def test_the_placement_that_it_reads_is_the_one_that_a_site_registers(programs: Programs) -> None:
    shared = programs.run(
        {"blog": site("blog", database={"placement": "shared"})},
        {"sharedDatabase": {"minAcu": 0.5, "maxAcu": 4}},
    )
    registered = shared.named("WordPressSite", "blog").outputs
    assert registered is not None
    with pytest.raises(pulumi.RunError, match="dedicated would give the site an empty database"):
        programs.run(PLAIN, stack_resources=stack_with(blog=registered))
