"""An update that failed is made good by the next `up`, which says what it found."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.operations import deploy
from fleet.operations.engine.events import Event, HalfDone, Reread
from fleet.operations.engine.stack_cli import StackCli
from fleet.operations.engine.workspace import find_cli
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from simulator import happenings
from tests.engine import account
from tests.engine.checkout import Checkout, Fault, failing
from tests.engine.fleets import site

LARGER = {"database": {"max_acu": 8}}
BROKEN = "docker.io/library/wordpress:broken"
SPOT = {"capacity": {"on_demand_base": 0, "on_demand_weight": 0, "spot_weight": 1}}
REFUSED: Fault = {
    "operation": "update",
    "type": account.CLUSTER,
    "fail": "InvalidDBClusterStateFault: DB cluster is not in available state",
}


def target(fleet: Checkout) -> Target:
    return Target(folder=fleet.folder, environment=fleet.stack_name)


def up(fleet: Checkout, *faults: Fault) -> tuple[set[str], dict[str, tuple[str, ...]]]:
    """Types that `fleet up` changed, and what differed of what it had to read again, by type."""
    seen: list[Event] = []
    variables = {**failing(*faults), "SIMULATOR_PATIENCE": "0.5"}
    done = deploy.up_stack(target(fleet), on_event=seen.append, variables=variables)
    read = {one.resource.type: one.differs for one in seen if isinstance(one, Reread)}
    return {change.resource.type for change in done.changes}, read


def fail(fleet: Checkout, *faults: Fault) -> str:
    """What a failing `fleet up` says."""
    with pytest.raises(OperationError) as failure:
        up(fleet, *faults)
    return str(failure.value)


def set_site(fleet: Checkout, **fields: Any) -> None:
    fleet.write_sites({"anchor": site("anchor", **fields)})


def most_acu(fleet: Checkout) -> float:
    database = fleet.world.named(account.CLUSTER, "anchor-database")
    return database.props["serverlessv2ScalingConfiguration"]["maxCapacity"]


def revision(fleet: Checkout) -> str:
    """The task definition that the site's service has."""
    return fleet.world.named(account.SERVICE, "anchor").props["taskDefinition"]


def test_the_engine_alone_forgets_it(fleet: Checkout) -> None:
    """Why there is anything to do here: the second run has no difference and is content."""
    before = most_acu(fleet)
    set_site(fleet, **LARGER)
    assert "InvalidDBClusterStateFault" in str(fleet.try_up(REFUSED).errors)
    fleet.up()
    assert most_acu(fleet) == before


def test_a_refused_change_of_a_cluster_is_made_by_the_next_up(fleet: Checkout) -> None:
    set_site(fleet, **LARGER)
    assert "InvalidDBClusterStateFault" in fail(fleet, REFUSED)
    changed, read = up(fleet)
    assert read == {account.CLUSTER: ("serverlessv2ScalingConfiguration",)}
    assert changed == {account.CLUSTER}
    assert most_acu(fleet) == 8
    assert up(fleet) == (set(), {})


def test_a_service_that_went_back_is_deployed_again(fleet: Checkout) -> None:
    before = revision(fleet)
    happenings.break_image(fleet.world, BROKEN)
    set_site(fleet, image=BROKEN)
    for _ in range(2):  # a second one doesn't report success either
        assert "tasks failed to start" in fail(fleet)
        assert revision(fleet) == before
    happenings.mend_image(fleet.world, BROKEN)
    changed, read = up(fleet)
    assert "taskDefinition" in read[account.SERVICE]
    assert account.SERVICE in changed
    assert revision(fleet) != before
    assert up(fleet) == (set(), {})


def test_a_deployment_that_goes_on_when_the_wait_is_over_is_none_yet(fleet: Checkout) -> None:
    happenings.shortage(fleet.world)
    set_site(fleet, **SPOT, title="New title", size={"cpu": 1024, "memory": 2048})
    for _ in range(2):
        assert "timeout while waiting for" in fail(fleet)
    happenings.end_shortage(fleet.world)
    changed, read = up(fleet)
    assert read == {account.SERVICE: ()}
    assert account.SERVICE not in changed
    assert up(fleet) == (set(), {})


def test_a_wait_of_which_nobody_knows_the_end_is_waited_again(fleet: Checkout) -> None:
    """The strategy alone changed, so both deployments are of one revision."""
    happenings.shortage(fleet.world)
    set_site(fleet, **SPOT)
    fail(fleet)
    deployments = fleet.world.named(account.SERVICE, "anchor").props["_deployments"]
    deploy.refresh_stack(target(fleet))  # reads that AWS has all that was asked for
    assert "timeout while waiting for" in fail(fleet)
    assert fleet.world.named(account.SERVICE, "anchor").props["_deployments"] == deployments + 1


def test_a_preview_says_what_is_half_done(fleet: Checkout) -> None:
    set_site(fleet, **LARGER)
    fail(fleet, REFUSED)
    seen: list[Event] = []
    deploy.preview_stack(target(fleet), on_event=seen.append)
    assert [one.resource.type for one in seen if isinstance(one, HalfDone)] == [account.CLUSTER]


class Commands(StackCli):
    """Notes what it runs."""

    def run(self, args: list[str], *rest: Any, **more: Any) -> Any:
        self.ran = [*getattr(self, "ran", []), args[:2]]
        return super().run(args, *rest, **more)


def test_where_nothing_failed_the_state_is_looked_at_once(fleet: Checkout) -> None:
    own = target(fleet)
    cli = Commands(find_cli(own.folder), own.settings_file)
    deploy.up_stack(own, cli=cli, known=True)
    before_up = cli.ran[: next(n for n, args in enumerate(cli.ran) if args[0] == "up")]
    # One for what is left, one for who is whose parent.
    assert [args for args in before_up if args != ["stack", "export"]] == []
    assert len(before_up) <= 2
