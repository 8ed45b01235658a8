"""A paused site keeps everything but its tasks, and gets them back."""

import pytest

from tests.engine import account
from tests.engine.checkout import Checkout
from tests.engine.fleets import site

KEPT = (
    (account.CLUSTER, "anchor-database"),
    (account.INSTANCE, "anchor-database-1"),
    (account.ACCESS_POINT, "anchor"),
    (account.TARGET_GROUP, "anchor"),
    (account.RULE, "anchor-hosts-1"),
)
SCALING = {"min": 3, "max": 6}


def write(fleet: Checkout, state: str) -> None:
    fleet.write_sites({"anchor": site("anchor", state=state, scaling=SCALING)})


def kept(fleet: Checkout) -> list[str]:
    return [fleet.world.named(type_, name).key for type_, name in KEPT]


@pytest.mark.parametrize("state", ["paused", "retired"])
def test_paused_and_resumed(fleet: Checkout, state: str) -> None:
    before = kept(fleet)
    write(fleet, state)
    fleet.up()
    assert fleet.world.resources(account.SERVICE) == []
    assert fleet.world.resources(account.SCALING) == []
    assert _answer(fleet) == ("fixed-response", "503")
    assert kept(fleet) == before

    write(fleet, "live")
    fleet.up()
    assert kept(fleet) == before
    assert _answer(fleet) == ("forward", None)
    assert fleet.world.named(account.SERVICE, "anchor").props["desiredCount"] == SCALING["min"]
    scaling = fleet.world.named(account.SCALING, "anchor").props
    assert (scaling["minCapacity"], scaling["maxCapacity"]) == (SCALING["min"], SCALING["max"])
    assert fleet.up().steps == ()


def _answer(fleet: Checkout) -> tuple[str, str | None]:
    """What the load balancer does with a request to the site: action, status code if fixed."""
    (action,) = fleet.world.named(account.RULE, "anchor-hosts-1").props["actions"]
    return action["type"], (action.get("fixedResponse") or {}).get("statusCode")
