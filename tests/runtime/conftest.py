"""A session's image and database, sites for each test, and a site that sends mail."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.stage.aws import Answer, StandIn, stand_in
from tests.runtime.stage.bucket import Bucket, bucket
from tests.runtime.stage.database import Database
from tests.runtime.stage.image import fleet_image
from tests.runtime.stage.mail_server import MailServer, mail_server
from tests.runtime.stage.outbox import MAIL_FROM, Outbox, outbox, with_form
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


@pytest.fixture(scope="module")
def store(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """The bucket of archives, empty for each file of tests."""
    with bucket(tmp_path_factory.mktemp("account")) as found:
        yield found


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


@pytest.fixture(scope="session")
def mail_site(
    image: str, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StagedSite]:
    with sites(image, database, tmp_path_factory.mktemp("mail")) as make:
        knobs = {"FLEET_MAIL_RETRY_SECONDS": "1", "FLEET_MAIL_FROM": MAIL_FROM}
        site = make(knobs=knobs)
        site.init()
        yield with_form(site)


@pytest.fixture(scope="session")
def mails(mail_site: StagedSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def by_smtp(mail_site: StagedSite, mails: MailServer) -> Outbox:
    return outbox(mail_site, mails.environment, mails.ca)


@pytest.fixture(scope="session")
def ses(mail_site: StagedSite) -> Iterator[StandIn]:
    with stand_in() as ses:
        yield ses


@pytest.fixture(scope="session")
def by_ses(mail_site: StagedSite, ses: StandIn) -> Outbox:
    own = {"FLEET_MAIL_FROM": "shop@client.example", "FLEET_MAIL_DOMAIN": "client.example"}
    names = {"FLEET_MAIL_CONFIGURATION_SET": "dev", "FLEET_MAIL_TENANT": "dev-shop"}
    fallback = {"FLEET_MAIL_FALLBACK_FROM": MAIL_FROM}
    return outbox(mail_site, {"FLEET_MAIL": "ses", **ses.environment, **own, **names, **fallback})


@pytest.fixture
def calm_mail(mails: MailServer, ses: StandIn, by_smtp: Outbox, by_ses: Outbox) -> Iterator[None]:
    yield
    mails.answer, mails.delay, ses.answer = "", 0, Answer()
    mails.mails.clear()
    ses.received.clear()
    for each in (by_smtp, by_ses):
        each.forgets_failure()
