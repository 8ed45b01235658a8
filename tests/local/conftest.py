"""One fleet of two sites that really runs, for all tests that leave it as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator

import ephemeral_port_reserve
import pytest

from tests.local.checkout import LocalCheckout, one
from tests.runtime.stage.image import fleet_image, stand_in
from tests.runtime.stage.podman import podman


@pytest.fixture(scope="session", autouse=True)
def _images() -> Iterator[None]:
    """The official images or their stand-ins, under the official names."""
    fleet_image()
    if not podman("images", "--quiet", "docker.io/library/mysql:8.4"):
        podman("tag", stand_in("mysql"), "docker.io/library/mysql:8.4")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "FLEET_CONTAINERS", "")
        yield


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCheckout]:
    """`blog` and `shop`, up."""
    port = ephemeral_port_reserve.reserve("127.0.0.1")
    checkout = LocalCheckout.at(tmp_path_factory.mktemp("local") / "checkout", port)
    checkout.write_sites({"blog": one("blog", title="The Blog"), "shop": one("shop")})
    try:
        checkout.well("up", "--skip-preview")
        yield checkout
    finally:
        checkout.clear()
