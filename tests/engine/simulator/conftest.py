"""A simulated account for each test, and the plumbing that most things in it stand on."""

from pathlib import Path

import pytest

from simulator import World
from tests.engine.simulator.caller import Caller
from tests.engine.simulator.samples import Samples


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world.sqlite")


@pytest.fixture
def aws(world: World) -> Caller:
    """The AWS provider over an empty account, without patience for what would pass."""
    return Caller(world)


@pytest.fixture
def samples(aws: Caller) -> Samples:
    """Makes a valid resource of any type, with what it needs."""
    return Samples(aws)
