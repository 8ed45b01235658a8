"""A session's image and database, and sites for each test."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.stage.database import Database
from tests.runtime.stage.image import fleet_image
from tests.runtime.stage.podman import is_mine, network, remove
from tests.runtime.stage.site import Replica, StagedSite
from tests.runtime.stage.task import program_task

MakeSite = Callable[..., StagedSite]
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def stage() -> Iterator[None]:
    """Nothing of a killed run before, nothing of this one behind."""
    network()
    yield
    remove(is_mine)


@pytest.fixture(scope="session")
def image(stage: None) -> str:
    return fleet_image()


@contextmanager
def running_database(folder: Path) -> Iterator[Database]:
    database = Database(folder)
    try:
        yield database
    finally:
        database.remove()


@pytest.fixture(scope="session")
def database(stage: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with running_database(tmp_path_factory.mktemp("database")) as database:
        yield database


@pytest.fixture
def own_database(stage: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One that a test may stop and freeze."""
    with running_database(tmp_path_factory.mktemp("database")) as database:
        yield database


@contextmanager
def sites(image: str, shared: Database, parent: Path) -> Iterator[MakeSite]:
    made: list[StagedSite] = []

    def make(
        *,
        mode: str = "content",
        database: Database = shared,
        knobs: dict[str, str] | None = None,
        latency: int = 0,
        **fields: Any,
    ) -> StagedSite:
        name = fields.pop("name", f"site-{next(NUMBERS)}")
        fields = {
            "domains": [f"{name}.example.com", f"www.{name}.example.com"],
            "title": f"Title of {name}",
            "storage": {"mode": mode},
            **fields,
        }
        folder = parent / name
        folder.mkdir()
        task = program_task(name, fields)
        made.append(StagedSite(name, fields, task, image, database, folder, knobs or {}, latency))
        return made[-1]

    try:
        yield make
    finally:
        for site in made:
            site.close()


@pytest.fixture
def make_site(image: str, database: Database, tmp_path: Path) -> Iterator[MakeSite]:
    """Makes a site: fields of sites.yaml, `mode` its storage, `knobs` environment values.

    `latency` are the microseconds that a call on the mount takes longer.
    """
    with sites(image, database, tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def shared_site(
    image: str, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StagedSite]:
    """One site for all tests of a module that leave it as it was."""
    with sites(image, database, tmp_path_factory.mktemp("shared")) as make:
        yield make()


@pytest.fixture(scope="module")
def shared_replica(shared_site: StagedSite) -> Replica:
    return shared_site.replica()
