"""A session's image and database, and sites for each test."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.stage.image import Image, build
from tests.runtime.stage.mariadb import MariaDB
from tests.runtime.stage.site import Replica, StagedSite
from tests.runtime.stage.task import program_task

MakeSite = Callable[..., StagedSite]
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return build(tmp_path_factory.mktemp("image"))


@contextmanager
def running_mariadb() -> Iterator[MariaDB]:
    # Not pytest's folder, which mysql's user may not enter and whose path is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="mariadb-") as folder:
        database = MariaDB(Path(folder))
        try:
            yield database
        finally:
            database.stop()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    with running_mariadb() as database:
        yield database


@pytest.fixture
def own_mariadb() -> Iterator[MariaDB]:
    """One that a test may stop and freeze."""
    with running_mariadb() as database:
        yield database


@contextmanager
def sites(image: Image, mariadb: MariaDB, parent: Path) -> Iterator[MakeSite]:
    made: list[StagedSite] = []

    def make(
        *,
        mode: str = "content",
        database: MariaDB = mariadb,
        knobs: dict[str, str] | None = None,
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
        made.append(StagedSite(name, fields, task, image, database, folder, knobs or {}))
        return made[-1]

    try:
        yield make
    finally:
        for site in made:
            site.close()


@pytest.fixture
def make_site(image: Image, mariadb: MariaDB, tmp_path: Path) -> Iterator[MakeSite]:
    """Makes a site: fields of sites.yaml, `mode` its storage, `knobs` environment values."""
    with sites(image, mariadb, tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def shared_site(
    image: Image, mariadb: MariaDB, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StagedSite]:
    """One site for all tests of a module that leave it as it was."""
    with sites(image, mariadb, tmp_path_factory.mktemp("shared")) as make:
        yield make()


@pytest.fixture(scope="module")
def shared_replica(shared_site: StagedSite) -> Replica:
    return shared_site.replica()
