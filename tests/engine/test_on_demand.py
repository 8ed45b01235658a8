"""A shortage of Spot holds a deployment up; `fleet up --on-demand` goes past it."""

from __future__ import annotations

import pytest

from fleet.cli.views.status_tables import stacks_view
from fleet.names import ON_DEMAND_VARIABLE
from fleet.operations import deploy
from fleet.operations.declared import read_declared
from fleet.operations.live.status import fleet_status
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from simulator import happenings
from tests.engine import account
from tests.engine.checkout import Checkout
from tests.engine.fleets import site

SPOT = {"on_demand_base": 0, "on_demand_weight": 0, "spot_weight": 1}


def up(fleet: Checkout, **variables: str) -> None:
    target = Target(folder=fleet.folder, environment=fleet.stack_name)
    deploy.up_stack(target, variables={"SIMULATOR_PATIENCE": "0.5", **variables})


def providers(fleet: Checkout) -> list[str]:
    strategy = fleet.world.named(account.SERVICE, "anchor").props["capacityProviderStrategies"]
    return [one["capacityProvider"] for one in strategy]


def shown(fleet: Checkout) -> str:
    """What `fleet status` says below its table."""
    declared = read_declared(Target(folder=fleet.folder, environment=fleet.stack_name))
    return "\n".join(map(str, stacks_view(fleet_status(declared))))


def test_a_deployment_that_waits_for_spot_is_made_on_demand(fleet: Checkout) -> None:
    fleet.write_sites({"anchor": site("anchor", capacity=SPOT)})
    up(fleet)
    happenings.shortage(fleet.world)
    assert "no capacity" not in shown(fleet)
    larger = site("anchor", capacity=SPOT, size={"cpu": 1024, "memory": 2048})
    fleet.write_sites({"anchor": larger})
    with pytest.raises(OperationError, match="timeout while waiting for"):
        up(fleet)
    told = shown(fleet)
    assert "anchor: AWS has no capacity for a task, ECS said 0 min ago" in told
    assert "fleet up --env local --site anchor --on-demand" in told

    up(fleet, **{ON_DEMAND_VARIABLE: "1"})
    assert providers(fleet) == ["FARGATE"]
    assert "no capacity" not in shown(fleet)
    task = fleet.world.named(account.TASK_DEFINITION, "anchor").props
    assert (task["cpu"], task["memory"]) == ("1024", "2048")

    happenings.end_shortage(fleet.world)
    up(fleet)
    assert providers(fleet) == ["FARGATE_SPOT"]
