"""The stage of tests/runtime, for benchmarks of a site's tasks."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.runtime.conftest import MakeSite, sites
from tests.runtime.stage.database import Database
from tests.runtime.stage.image import fleet_image
from tests.runtime.stage.podman import is_mine, network, remove


@contextmanager
def stage() -> Iterator[MakeSite]:
    """Sites beside one database."""
    network()
    with ExitStack() as stack:
        stack.callback(remove, is_mine)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        image, database = fleet_image(), Database(folder)
        stack.callback(database.remove)
        yield stack.enter_context(sites(image, database, folder))
