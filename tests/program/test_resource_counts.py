"""What the planner counts is what the program makes."""

from __future__ import annotations

from fleet.plan.resources import BASE_RESOURCES, site_resources
from fleet.site.model import Site
from fleet.site.placement import place_rules
from tests.program.fleets import OWN, VARIED, Programs
from tests.program.recording import Recording


def test_each_site_has_the_resources_that_the_plan_says(varied: Recording) -> None:
    sites = [Site.model_validate({"name": name, **fields}) for name, fields in VARIED.items()]
    rules = place_rules(sites)
    planned = {each.name: site_resources(each, len(rules[each.name])) for each in sites}
    made = {name: len(varied.site(name).resources) for name in VARIED}
    assert planned == made


def test_the_largest_base_is_what_the_plan_takes_for_granted(programs: Programs) -> None:
    shared = {"minAcu": 1, "maxAcu": 4, "readers": 1}
    network = {"availabilityZones": 3, "natGateways": "per-zone"}
    recording = programs.run(
        {"blog": VARIED["blog"]}, {**OWN, "sharedDatabase": shared, "network": network}
    )
    assert len(recording.base().resources) <= BASE_RESOURCES
