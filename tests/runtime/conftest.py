"""A session's image and database, and sites for each test."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fleet.model import Admin, Site, Storage
from tests.runtime.stage.image import Image, build
from tests.runtime.stage.mariadb import MariaDB
from tests.runtime.stage.site import Replica, StagedSite

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
        fields.setdefault("domains", (f"{name}.example.com", f"www.{name}.example.com"))
        fields.setdefault("title", f"Title of {name}")
        admin = Admin(email="admin@example.com")
        site = Site(name=name, admin=admin, storage=Storage(mode=mode), **fields)  # type: ignore[arg-type]
        folder = parent / name
        folder.mkdir()
        made.append(StagedSite(site, image, database, folder, knobs or {}))
        return made[-1]

    try:
        yield make
    finally:
        for site in made:
            site.close()


@pytest.fixture
def make_site(image: Image, mariadb: MariaDB, tmp_path: Path) -> Iterator[MakeSite]:
    """Makes a site from fields of sites.yaml; `knobs` are environment values, `mode` its storage."""
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
