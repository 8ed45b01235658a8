"""What a running site's settings may become, and how."""

import json
from typing import Any

import pytest

from tests.engine import account
from tests.engine.checkout import Checkout
from tests.engine.fleets import site

TWELVE = [f"{letter}.example.com" for letter in "abcdefghijkl"]
SHARED = {"database": {"placement": "shared"}}
UPLOADS = {"storage": {"mode": "uploads"}}


def set_site(fleet: Checkout, **fields: Any) -> None:
    fleet.write_sites({"anchor": site("anchor", **fields)})


def up_to(fleet: Checkout, **fields: Any) -> None:
    """Bring the site to these settings, in one run."""
    set_site(fleet, **fields)
    assert fleet.up().sites() == {"anchor"}
    assert fleet.up().steps == ()


def service(fleet: Checkout) -> dict[str, Any]:
    return fleet.world.named(account.SERVICE, "anchor").props


def test_more_domains_than_a_rule_takes(fleet: Checkout) -> None:
    first = fleet.world.named(account.RULE, "anchor-hosts-1").key
    up_to(fleet, domains=TWELVE)
    assert account.rule_hosts(fleet.world, "anchor") == TWELVE
    assert len(fleet.world.resources(account.RULE)) == 3
    up_to(fleet, domains=TWELVE[:1])
    assert account.rule_hosts(fleet.world, "anchor") == TWELVE[:1]
    (left,) = fleet.world.resources(account.RULE)
    assert left.key == first


def test_capacity_provider_strategy(fleet: Checkout) -> None:
    before = service(fleet)
    up_to(fleet, capacity={"on_demand_base": 0, "on_demand_weight": 0, "spot_weight": 1})
    (strategy,) = service(fleet)["capacityProviderStrategies"]
    assert strategy["capacityProvider"] == "FARGATE_SPOT"
    assert service(fleet)["arn"] == before["arn"]
    assert service(fleet)["_deployments"] > before["_deployments"]


def test_size(fleet: Checkout) -> None:
    before = service(fleet)
    up_to(fleet, size={"cpu": 1024, "memory": 4096})
    (task,) = fleet.world.resources(account.TASK_DEFINITION)
    assert (task.props["cpu"], task.props["memory"]) == ("1024", "4096")
    assert service(fleet)["taskDefinition"] == task.props["arn"]
    assert service(fleet)["arn"] == before["arn"]


def test_another_port_keeps_the_target_group(fleet: Checkout) -> None:
    """Whose tasks go on serving until those of the new port are healthy."""
    before = fleet.world.named(account.TARGET_GROUP, "anchor").key
    up_to(fleet, port=9000)
    assert fleet.world.named(account.TARGET_GROUP, "anchor").key == before
    (behind,) = service(fleet)["loadBalancers"]
    assert (behind["targetGroupArn"], behind["containerPort"]) == (before, 9000)


def test_fixed_number_of_tasks_and_back(fleet: Checkout) -> None:
    fleet.world.update(
        account.SERVICE, fleet.world.named(account.SERVICE, "anchor").key, desiredCount=4
    )
    up_to(fleet, scaling={"min": 3, "max": 3})
    assert fleet.world.resources(account.SCALING) == []
    assert service(fleet)["desiredCount"] == 3
    up_to(fleet, scaling={"min": 1, "max": 5})
    assert fleet.world.named(account.SCALING, "anchor").props["maxCapacity"] == 5


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (SHARED, "sites.anchor.database.placement: shared would delete the site's own database"),
        (UPLOADS, "sites.anchor.storage.mode: uploads would replace the site's access point"),
    ],
)
def test_protected_data_is_not_left_in_one_step(
    fleet: Checkout, fields: dict[str, Any], told: str
) -> None:
    before = account.contents(fleet.world)
    set_site(fleet, **fields)
    run = fleet.try_up()
    assert told in run.errors[0]
    assert "have an archive (`fleet move --begin anchor`)" in run.errors[0]
    assert "set `state: retired` with the old value, run `pulumi up`" in run.errors[0]
    assert run.steps == ()
    assert account.contents(fleet.world) == before


def test_own_database_to_shared_and_back(fleet: Checkout) -> None:
    set_site(fleet, state="retired")
    fleet.up()
    up_to(fleet, **SHARED)
    (shared,) = fleet.world.resources(account.CLUSTER)
    assert shared.name == "base-database-shared"
    assert _database_host(fleet) == shared.props["endpoint"]
    (snapshot,) = fleet.world.resources(account.SNAPSHOT)
    assert snapshot.name == "anchor-database"

    set_site(fleet)
    run = fleet.try_up()
    assert "dedicated would give the site an empty database" in run.errors[0]
    assert run.steps == ()
    set_site(fleet, state="retired", **SHARED)
    fleet.up()
    up_to(fleet)
    own = fleet.world.named(account.CLUSTER, "anchor-database")
    assert _database_host(fleet) == own.props["endpoint"]


def test_storage_mode(fleet: Checkout) -> None:
    database = fleet.world.named(account.CLUSTER, "anchor-database").key
    set_site(fleet, state="retired")
    fleet.up()
    up_to(fleet, **UPLOADS)
    access_point = fleet.world.named(account.ACCESS_POINT, "anchor").props
    assert access_point["rootDirectory"]["path"] == "/sites/anchor/wp-content/uploads"
    assert fleet.world.named(account.CLUSTER, "anchor-database").key == database
    # The files of the old mode are still there.
    directories = {each.props["path"] for each in fleet.world.resources(account.DIRECTORY)}
    assert "/sites/anchor/wp-content" in directories


def _database_host(fleet: Checkout) -> str:
    (task,) = fleet.world.resources(account.TASK_DEFINITION)
    (host,) = {
        variable["value"].removesuffix(":3306")
        for container in json.loads(task.props["containerDefinitions"])
        for variable in container["environment"]
        if variable["name"] == "WORDPRESS_DB_HOST"
    }
    return host
