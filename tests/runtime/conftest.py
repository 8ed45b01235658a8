"""A session's image and database, and sites for each test."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.model import Admin, Site
from tests.runtime.stage.image import Image, build
from tests.runtime.stage.mariadb import MariaDB
from tests.runtime.stage.site import StagedSite

MakeSite = Callable[..., StagedSite]
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return build(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    # Not pytest's folder, which mysql's user may not enter and whose path is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="mariadb-") as folder:
        database = MariaDB(Path(folder))
        yield database
        database.stop()


@pytest.fixture
def make_site(image: Image, mariadb: MariaDB, tmp_path: Path) -> Iterator[MakeSite]:
    """Makes a site from fields of sites.yaml; `knobs` are environment values, `database` its server."""
    made: list[StagedSite] = []

    def make(
        *, database: MariaDB = mariadb, knobs: dict[str, str] | None = None, **fields: Any
    ) -> StagedSite:
        name = fields.pop("name", f"site-{next(NUMBERS)}")
        domains = fields.pop("domains", (f"{name}.example.com",))
        admin = Admin(email="admin@example.com")
        site = Site(name=name, domains=domains, title=f"Title of {name}", admin=admin, **fields)
        folder = tmp_path / name
        folder.mkdir()
        staged = StagedSite(site, image, database, folder, knobs or {})
        made.append(staged)
        return staged

    yield make
    for site in made:
        site.close()
