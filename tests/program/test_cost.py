"""What a site costs in resources, and that it costs the base nothing.

The engine's first `up` grows with the square of the resources of a stack.
"""

from __future__ import annotations

from fleet.plan.resources import plain_site_resources
from tests.program.difference import NOTHING, difference
from tests.program.fleets import OWN, VARIED, Programs, site
from tests.program.recording import Recording

# A tenant and two associations, where the stack sends mail.
MAIL = 3
# The selection of its own cluster, where the stack has a vault.
VAULT = 1


def test_a_site_on_the_shared_database_or_paused_costs_less(varied: Recording) -> None:
    for name in ("wiki", "archive", "old"):
        assert len(varied.site(name).resources) <= plain_site_resources() + MAIL + VAULT - 3


def test_the_base_is_the_same_whatever_the_sites_are(programs: Programs, varied: Recording) -> None:
    # Backed up and drilled, as one of the others is: the first such site brings the alarms.
    backup = {"dumps": "nightly", "drill": "monthly"}
    one = programs.run({"blog": site("blog", backup=backup)}, OWN)
    assert difference(one.base(), varied.base()) == NOTHING
    assert one.base().exports == varied.base().exports


def test_an_empty_cell_has_a_base(programs: Programs) -> None:
    fleet = {name: {**entry, "cell": "east"} for name, entry in VARIED.items()}
    run = programs.run(fleet, OWN)
    assert run.exports["sites"] == {}
    assert list(run.base()) == list(run)
