"""One fleet of two sites that really runs, for all tests that leave it as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ephemeral_port_reserve
import pytest

from tests.local.checkout import LocalCheckout, on_spot, one
from tests.runtime.stage.image import fleet_image, stand_in
from tests.runtime.stage.podman import podman


@pytest.fixture(scope="module", autouse=True)
def _containers() -> Iterator[None]:
    """The official images or their stand-ins, under the official names; off again afterwards."""
    fleet_image()
    if not podman("images", "--quiet", "docker.io/library/mysql:8.4"):
        podman("tag", stand_in("mysql"), "docker.io/library/mysql:8.4")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "FLEET_CONTAINERS", "")
        yield


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCheckout]:
    """`blog` and `shop`, up; not to be changed."""
    sites = {"blog": one("blog", title="The Blog"), "shop": one("shop")}
    with up(tmp_path_factory.mktemp("local"), sites) as checkout:
        yield checkout


@pytest.fixture(scope="module")
def spot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCheckout]:
    """`blog`, two tasks on Spot with a database of their own; each test leaves it live."""
    with up(tmp_path_factory.mktemp("spot"), {"blog": on_spot()}) as checkout:
        yield checkout


@contextmanager
def up(folder: Path, sites: dict[str, Any]) -> Iterator[LocalCheckout]:
    """A fleet that runs until the end."""
    port = ephemeral_port_reserve.reserve("127.0.0.1")
    checkout = LocalCheckout.at(folder / "checkout", port)
    checkout.write_sites(sites)
    try:
        checkout.well("up", "--skip-preview")
        yield checkout
    finally:
        checkout.clear()
