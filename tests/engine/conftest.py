"""Fleets to try things on: each test has its own copy of one that was brought up once."""

from pathlib import Path

import pytest

from tests.engine.checkout import IMAGE, Checkout
from tests.engine.fleets import PLAIN
from tests.engine.network import make_network


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A base with one plain site. Not to be changed: take `fleet`."""
    checkout = Checkout.make(tmp_path_factory.mktemp("standing") / "checkout")
    checkout.set(image=IMAGE, network=make_network(checkout.world))
    checkout.write_sites(PLAIN)
    checkout.up()
    return checkout


@pytest.fixture
def fleet(standing: Checkout, tmp_path: Path) -> Checkout:
    """A base with one plain site, `anchor`, up and running."""
    return standing.copy(tmp_path / "checkout")


@pytest.fixture
def bare(tmp_path: Path) -> Checkout:
    """The sample fleet, never brought up."""
    return Checkout.make(tmp_path / "checkout")
