"""The programs that this folder runs."""

from __future__ import annotations

import pytest

from tests.program.fleets import Programs


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return Programs(tmp_path_factory.mktemp("sites"))
