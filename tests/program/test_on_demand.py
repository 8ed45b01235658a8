"""A run of `fleet up --on-demand`: no task on Spot, and nothing else is another."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.names import ON_DEMAND_VARIABLE
from fleet.site.capacity import Capacity
from tests.program.difference import difference
from tests.program.fleets import Programs, site

SITES = {
    "blog": site("blog"),
    "shop": site("shop", capacity={"on_demand_base": 0, "on_demand_weight": 0, "spot_weight": 1}),
    "wiki": site("wiki", capacity={"on_demand_base": 2, "on_demand_weight": 3, "spot_weight": 0}),
}
STRATEGY = "capacityProviderStrategies"
CHANGED = (f"ecs:Service blog {STRATEGY}", f"ecs:Service shop {STRATEGY}")


def test_all_tasks_are_on_demand_and_the_rest_stays(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = programs.run(SITES)
    monkeypatch.setenv(ON_DEMAND_VARIABLE, "1")
    run = Programs(tmp_path).run(SITES)
    providers = {
        service.name: {one["capacityProvider"] for one in service.inputs[STRATEGY]}
        for service in run.of_type("ecs:Service")
    }
    assert providers == {name: {"FARGATE"} for name in SITES}
    changed = difference(usual, run).changed
    assert changed
    assert all(what.startswith(CHANGED) for what in changed), changed


@pytest.mark.parametrize(
    ("given", "weight"),
    [((1, 1, 3), 1), ((0, 0, 1), 1), ((2, 3, 0), 3)],
)
def test_the_base_stays_and_some_weight_is_left(given: tuple[int, int, int], weight: int) -> None:
    base, on_demand, spot = given
    capacity = Capacity(on_demand_base=base, on_demand_weight=on_demand, spot_weight=spot)
    assert capacity.without_spot() == Capacity(
        on_demand_base=base, on_demand_weight=weight, spot_weight=0
    )
