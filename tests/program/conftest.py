"""The runs of the program that the whole folder shares."""

from __future__ import annotations

import pytest

from tests.program.fleets import OWN, VARIED, Programs
from tests.program.recording import Recording


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return Programs(tmp_path_factory.mktemp("sites"))


@pytest.fixture(scope="session")
def varied(programs: Programs) -> Recording:
    """A fleet with every choice that a site has, on a base with everything of its own."""
    return programs.run(VARIED, OWN)
