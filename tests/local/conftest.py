"""One fleet of two sites that really runs."""

from __future__ import annotations

from collections.abc import Iterator

import ephemeral_port_reserve
import pytest

from tests.local.checkout import LocalCheckout, stood_in
from tests.local.sites import SITES


@pytest.fixture(scope="module", autouse=True)
def _containers() -> Iterator[None]:
    with stood_in():
        yield


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCheckout]:
    """`blog` and `shop`, up."""
    port = ephemeral_port_reserve.reserve("127.0.0.1")
    checkout = LocalCheckout.at(tmp_path_factory.mktemp("local") / "checkout", port)
    checkout.write_sites(SITES)
    try:
        checkout.well("up", "--skip-preview")
        yield checkout
    finally:
        checkout.clear()
