"""One site's change is that site's alone, even where two want the same listener priority."""

from pathlib import Path

import pytest

from tests.engine import account
from tests.engine.checkout import Checkout
from tests.engine.fleets import PLAIN, rival, site

RIVAL = rival("anchor")
BOTH = {**PLAIN, RIVAL: site(RIVAL)}


@pytest.fixture(scope="module")
def standing_pair(standing: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """`anchor`, and after it the site that wants the same priority. Not to be changed."""
    checkout = standing.copy(tmp_path_factory.mktemp("pair") / "checkout")
    checkout.write_sites(BOTH)
    checkout.up()
    return checkout


@pytest.fixture
def pair(standing_pair: Checkout, tmp_path: Path) -> Checkout:
    return standing_pair.copy(tmp_path / "checkout")


def priorities(checkout: Checkout) -> dict[str, int]:
    """Name of each listener rule in the account -> its priority."""
    return {rule.name: rule.props["priority"] for rule in checkout.world.resources(account.RULE)}


def test_added_site_touches_no_other(fleet: Checkout) -> None:
    before = priorities(fleet)
    fleet.write_sites(BOTH)
    run = fleet.up()
    assert run.sites() == {RIVAL}
    assert run.ops() == {"create"}
    assert priorities(fleet).items() >= before.items()
    assert fleet.up().steps == ()


def test_preview_shows_the_added_site_only(fleet: Checkout) -> None:
    fleet.write_sites(BOTH)
    run = fleet.preview()
    assert run.sites() == {RIVAL}
    assert run.ops() == {"create"}


def test_order_of_the_file_means_nothing(pair: Checkout) -> None:
    pair.write_sites(dict(reversed(BOTH.items())))
    assert pair.up().steps == ()


@pytest.mark.parametrize("changed", BOTH)
def test_changed_site_touches_no_other(pair: Checkout, changed: str) -> None:
    before = priorities(pair)
    fields = {"title": "New title", "size": {"cpu": 1024, "memory": 2048}}
    moved = {**BOTH[changed], "domains": [f"new.{changed}.example.com"], **fields}
    pair.write_sites({**BOTH, changed: moved})
    assert pair.up().sites() == {changed}
    assert priorities(pair) == before
    assert account.rule_hosts(pair.world, changed) == moved["domains"]


@pytest.mark.parametrize("removed", BOTH)
def test_removed_site_touches_no_other(pair: Checkout, removed: str) -> None:
    before = priorities(pair)
    (kept,) = BOTH.keys() - {removed}
    pair.write_sites({**BOTH, removed: {**BOTH[removed], "state": "retired"}})
    assert pair.up().sites() == {removed}
    pair.write_sites({kept: BOTH[kept]})
    run = pair.up()
    assert run.sites() == {removed}
    assert run.ops() == {"delete"}
    assert priorities(pair) == {f"{kept}-hosts-1": before[f"{kept}-hosts-1"]}
