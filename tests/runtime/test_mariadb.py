"""The image on MariaDB, whose TLS, users and grants are not MySQL's."""

from collections.abc import Iterator

import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.database import MARIADB, OBJECTS, Database
from tests.runtime.stage.task import PASSWORD


@pytest.fixture
def mariadb(stage: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(tmp_path_factory.mktemp("mariadb"), MARIADB)
    yield database
    database.remove()


def test_a_site_on_mariadb(make_site: MakeSite, mariadb: Database) -> None:
    site = make_site(database=mariadb)
    with site.visitor(site.replica()) as visitor:
        assert f"Title of {site.name}" in visitor.get("/").text
        assert visitor.log_in().status_code == 302
        assert "Dashboard" in visitor.get("/wp-admin/").text
    account = mariadb.sql(f"SHOW CREATE USER '{site.schema}'@'%'")
    assert "REQUIRE SSL" in account
    denied = mariadb.as_user(site.schema, PASSWORD, site.schema, "CREATE DATABASE mine")
    assert "denied" in denied.stderr
    for made, _gone in OBJECTS.values():
        done = mariadb.as_user(site.schema, PASSWORD, site.schema, made)
        assert done.returncode == 0, done.stderr
    # A second task finds all of it there.
    site.made_schema()
    assert "installed" not in site.init()
    for _made, gone in OBJECTS.values():
        done = mariadb.as_user(site.schema, PASSWORD, site.schema, gone)
        assert done.returncode == 0, done.stderr
