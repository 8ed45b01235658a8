"""Data is only given up in two steps, and a site may come back."""

import pytest

from tests.engine import account
from tests.engine.checkout import Checkout
from tests.engine.fleets import PLAIN, site

GUEST = {"guest": site("guest")}
RETIRED = {"guest": site("guest", state="retired")}


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
    secrets = {_secret(fleet)}
    for times_gone in (1, 2):
        _retire_and_remove(fleet)
        snapshots = fleet.world.resources(account.SNAPSHOT)
        assert [snapshot.name for snapshot in snapshots] == ["guest-database"] * times_gone
        assert "/sites/guest/wp-content" in _directories(fleet)
        fleet.write_sites({**PLAIN, **GUEST})
        fleet.up()
        secrets.add(_secret(fleet))
    # A deleted secret keeps its name for 30 days, so each has another one.
    assert len(secrets) == 3


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


def _directories(fleet: Checkout) -> set[str]:
    return {each.props["path"] for each in fleet.world.resources(account.DIRECTORY)}
