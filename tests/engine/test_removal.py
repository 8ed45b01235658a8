"""Data is only given up in two steps, and a site may come back."""

from collections.abc import Mapping
from typing import Any

import pytest

from fleet.operations import deploy
from fleet.operations.problem import OperationError
from fleet.operations.target import Target
from simulator import happenings
from simulator.world import Resource
from tests.engine import account
from tests.engine.checkout import IMAGE, Checkout
from tests.engine.fleets import PLAIN, site
from tests.engine.network import make_network

GUEST = {"guest": site("guest")}
RETIRED = {"guest": site("guest", state="retired")}
SHARED = {"database": {"placement": "shared"}}
SPOT = {"capacity": {"on_demand_base": 0, "on_demand_weight": 0, "spot_weight": 1}}


@pytest.fixture
def with_guest(fleet: Checkout) -> Checkout:
    fleet.write_sites({**PLAIN, **GUEST})
    fleet.up()
    return fleet


@pytest.mark.parametrize("operation", ["preview", "up"])
def test_live_site_is_not_removed(with_guest: Checkout, operation: str) -> None:
    """`up` here skips the preview, as `pulumi up --skip-preview` does."""
    before = account.contents(with_guest.world)
    # The change of another site would be made first, were it not for the check.
    with_guest.write_sites({"anchor": site("anchor", title="New title")})
    run = getattr(with_guest, f"try_{operation}")()
    (told, *_) = run.errors
    assert "sites.yaml: sites.guest: the site is not in the file" in told
    assert "put it back with `state: retired`, run `pulumi up`" in told
    assert run.steps == ()
    assert account.contents(with_guest.world) == before


def test_site_goes_and_comes_back_and_goes_again(with_guest: Checkout) -> None:
    fleet = with_guest
    secrets, files = {_secret(fleet)}, _files(fleet)
    for times_gone in (1, 2):
        _retire_and_remove(fleet)
        snapshots = fleet.world.resources(account.SNAPSHOT)
        assert [snapshot.name for snapshot in snapshots] == ["guest-database"] * times_gone
        assert "/sites/guest/wp-content" in _directories(fleet)
        fleet.write_sites({**PLAIN, **GUEST})
        fleet.up()
        secrets.add(_secret(fleet))
        # Its tasks find the files that it left, and may read them.
        assert _files(fleet) == files
    # A deleted secret keeps its name for 30 days, so each has another one.
    assert len(secrets) == 3


def test_site_of_the_shared_database_goes_and_leaves_the_database(fleet: Checkout) -> None:
    neighbour = {"neighbour": site("neighbour", **SHARED)}
    fleet.write_sites({**PLAIN, **neighbour, "guest": site("guest", **SHARED)})
    fleet.up()
    database = fleet.world.named(account.CLUSTER, "base-database-shared").props
    fleet.write_sites({**PLAIN, **neighbour, "guest": site("guest", state="retired", **SHARED)})
    fleet.up()
    fleet.write_sites({**PLAIN, **neighbour})
    run = fleet.up()
    assert (run.sites(), run.ops()) == ({"guest"}, {"delete"})
    # Its schema stays, so there is nothing to make a snapshot of.
    assert fleet.world.named(account.CLUSTER, "base-database-shared").props == database
    assert fleet.world.resources(account.SNAPSHOT) == []
    assert fleet.up().steps == ()


def test_site_goes_in_the_middle_of_its_deployment(with_guest: Checkout) -> None:
    fleet = with_guest
    deploying(fleet, PLAIN)
    fleet.write_sites({**PLAIN, "guest": site("guest", state="retired", **SPOT)})
    up(fleet)
    assert [each.name for each in fleet.world.resources(account.SERVICE)] == ["anchor"]
    fleet.write_sites(PLAIN)
    up(fleet)
    assert [each.name for each in fleet.world.resources(account.SNAPSHOT)] == ["guest-database"]
    assert account.missing(fleet) == set()


def test_final_snapshot_whose_name_is_taken(with_guest: Checkout) -> None:
    fleet = with_guest
    name = fleet.world.named(account.CLUSTER, "guest-database").props["finalSnapshotIdentifier"]
    with fleet.world.change():
        fleet.world.write(Resource(account.SNAPSHOT, name, name, "by-hand", {"arn": name}))
    fleet.write_sites({**PLAIN, **RETIRED})
    up(fleet)
    fleet.write_sites({"anchor": site("anchor", title="New title")})
    with pytest.raises(OperationError) as failure:
        up(fleet)
    (line,) = failure.value.lines
    assert line.startswith("guest: aws:rds/cluster:Cluster guest-database: deleting")
    assert "DBClusterSnapshotAlreadyExistsFault" in line
    assert line.endswith("delete it (`aws rds delete-db-cluster-snapshot`), and run it again")
    # Its data is still there, and the other site has its change.
    assert fleet.world.named(account.CLUSTER, "guest-database").props["deletionProtection"] is False
    assert "New title" in str(fleet.world.named(account.TASK_DEFINITION, "anchor").props)

    with fleet.world.change():
        fleet.world.remove(account.SNAPSHOT, name)
    up(fleet)
    assert [each.name for each in fleet.world.resources(account.SNAPSHOT)] == ["guest-database"]
    assert fleet.up().steps == ()


def test_base_goes_with_the_sites_that_are_left_in_it(with_guest: Checkout) -> None:
    """One in the middle of its deployment, one of the shared database; none retired before."""
    fleet = with_guest
    fleet.set(protectData=False)
    others = {**PLAIN, "neighbour": site("neighbour", **SHARED)}
    fleet.write_sites({**others, **GUEST})
    up(fleet)
    deploying(fleet, others)
    deploy.destroy_stack(target(fleet))
    left = {type_ for type_ in account.types(fleet.world) if type_ not in account.NETWORK}
    assert left == {account.SNAPSHOT, "simulator:ecs/shortage:Shortage"}
    names = {each.name for each in fleet.world.resources(account.SNAPSHOT)}
    assert names == {"anchor-database", "guest-database", "base-database-shared"}
    assert fleet.resources() == {}


def test_base_stays_while_a_stranger_is_in_it(fleet: Checkout) -> None:
    fleet.set(protectData=False)
    up(fleet)
    cluster = fleet.world.resources("aws:ecs/cluster:Cluster")[0].props["name"]
    with fleet.world.change():
        stranger = {"_cluster": cluster, "name": "stranger"}
        fleet.world.write(Resource(account.SERVICE, "stranger", "stranger", "stranger", stranger))
    with pytest.raises(OperationError) as failure:
        deploy.destroy_stack(target(fleet))
    assert "ClusterContainsServicesException" in str(failure.value)
    assert "something that Pulumi doesn't know is still in it or uses it" in str(failure.value)
    with fleet.world.change():
        fleet.world.remove(account.SERVICE, "stranger")
    deploy.destroy_stack(target(fleet))
    assert fleet.resources() == {}


def test_cell_that_no_site_names_any_more_says_how_it_goes(bare: Checkout) -> None:
    cell = Target(folder=bare.folder, environment=bare.stack_name, cell="eu1")
    bare.set(environment=bare.stack_name, image=IMAGE, network=make_network(bare.world))
    bare.write_sites({"anchor": site("anchor", cell="eu1", **SHARED)})
    deploy.up_stack(cell)
    bare.write_sites({"elsewhere": site("elsewhere")})
    with pytest.raises(OperationError) as refusal:
        deploy.destroy_stack(cell)
    assert str(refusal.value).endswith(
        "To give it up: set protectData to false in Pulumi.local.yaml, run up of the cell with "
        "anchor in the file, then destroy"
    )
    bare.set(protectData=False)
    bare.write_sites({"anchor": site("anchor", cell="eu1", **SHARED)})
    deploy.up_stack(cell)
    bare.write_sites({"elsewhere": site("elsewhere")})
    deploy.destroy_stack(cell)
    left = {type_ for type_ in account.types(bare.world) if type_ not in account.NETWORK}
    assert left == {account.SNAPSHOT}


def target(fleet: Checkout) -> Target:
    return Target(folder=fleet.folder, environment=fleet.stack_name)


def up(fleet: Checkout) -> None:
    deploy.up_stack(target(fleet), variables={"SIMULATOR_PATIENCE": "2"})


def deploying(fleet: Checkout, others: Mapping[str, Any]) -> None:
    """The site `guest` waits for tasks on Spot, which has no capacity."""
    happenings.shortage(fleet.world)
    fleet.write_sites({**others, "guest": site("guest", title="New title", **SPOT)})
    with pytest.raises(OperationError, match="timeout while waiting for"):
        up(fleet)


def _retire_and_remove(fleet: Checkout) -> None:
    fleet.write_sites({**PLAIN, **RETIRED})
    fleet.up()
    fleet.write_sites(PLAIN)
    assert fleet.up().ops() == {"delete"}
    assert account.twins(fleet.world) <= {(account.SNAPSHOT, "guest-database")}


def _secret(fleet: Checkout) -> str:
    found = fleet.world.find(account.SECRET)
    (secret,) = (each for each in found if each.name == "guest")
    return secret.props["name"]


def _files(fleet: Checkout) -> tuple[Any, Any]:
    """Where the guest's files lie, and whose they are to its tasks."""
    inputs = fleet.world.named(account.ACCESS_POINT, "guest").props
    return inputs["rootDirectory"], inputs["posixUser"]


def _directories(fleet: Checkout) -> set[str]:
    return {each.props["path"] for each in fleet.world.resources(account.DIRECTORY)}
