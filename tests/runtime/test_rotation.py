"""Another database password while visitors are there: no request fails, on two tasks."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpx

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.database import SOCKET, Database
from tests.runtime.stage.plain_http import ask
from tests.runtime.stage.site import Replica, StagedSite
from tests.runtime.stage.task import MASTER_PASSWORD

NEW = "another password of this site's"
ADMIN = "another_of_the_administrator"
VISITORS = 4
SECOND = {"WORDPRESS_DB_PASSWORD": NEW, "FLEET_ADMIN_PASSWORD": ADMIN}


@contextmanager
def visited(site: StagedSite, replicas: list[Replica]) -> Iterator[list[int]]:
    """Requests of several at once to the replicas that the list has then; their statuses."""
    statuses: list[int] = []
    ended = threading.Event()

    def visit(visitor: int) -> None:
        number = visitor
        while not ended.is_set():
            number += 1
            there = list(replicas)
            replica = there[number % len(there)]
            # No page cache has it, so each opens a connection of its own.
            url = f"http://{replica.address}/?s=word-{visitor}-{number}"
            headers = {"Host": site.host, "X-Forwarded-Proto": "https"}
            try:
                statuses.append(ask(url, headers=headers).status_code)
            except httpx.TransportError:
                statuses.append(0)

    threads = [threading.Thread(target=visit, args=[number]) for number in range(VISITORS)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        ended.set()
        for thread in threads:
            thread.join()


class Held:
    """A connection of root's that lets nobody change a user; those who log in it doesn't touch."""

    def __init__(self, database: Database, number: int) -> None:
        self._database, self._sleep = database, f"SELECT SLEEP({600 + number})"
        client = ["mysql", "--no-defaults", "-uroot", f"--socket={SOCKET}"]
        statements = f"LOCK TABLES mysql.user READ; {self._sleep}"
        self._process = subprocess.Popen(
            ["podman", "exec", database.name, *client, f"--execute={statements}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def holds(self) -> bool:
        return bool(connections(self._database, self._sleep))

    def end(self) -> None:
        for number in connections(self._database, self._sleep):
            self._database.sql(f"KILL {number}")
        self._process.wait()


def connections(database: Database, statement: str) -> list[str]:
    """The numbers of those that are at a statement like it."""
    listed = "SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()"
    return database.sql(f"{listed} AND INFO LIKE '{statement}%'").split()


def killed_between_the_passwords(site: StagedSite) -> None:
    """A change of the password whose task goes while the server is at the very statement."""
    database = site.database
    first = Held(database, 1)
    wait_until(first.holds, "nobody changes a user")
    change = site.run("schema", WORDPRESS_DB_PASSWORD=NEW)
    # Before the password comes another change of the user; who waits behind it is next.
    wait_until(lambda: connections(database, "ALTER USER%REQUIRE SSL"), "the user is changed")
    second = Held(database, 2)
    wait_until(lambda: connections(database, "LOCK TABLES"), "the second waits")
    first.end()
    wait_until(lambda: connections(database, "ALTER USER%IDENTIFIED"), "the password is changed")
    change.kill()
    second.end()


def test_no_request_fails_while_the_password_changes(make_site: MakeSite) -> None:
    site = make_site()
    replicas = [site.replica(), site.started()]
    old = list(replicas)
    before = site.task.values("init")["WORDPRESS_DB_PASSWORD"]
    with visited(site, replicas) as statuses:

        def visits() -> None:
            # Those that are under way, and as many that begin after now.
            until = len(statuses) + 2 * VISITORS
            wait_until(lambda: len(statuses) >= until, "more requests are answered", 120)

        def opens(password: str) -> bool:
            asked = site.database.as_user(site.schema, password, site.schema, "SELECT 1")
            return asked.returncode == 0

        visits()
        killed_between_the_passwords(site)
        visits()
        site.made_schema(WORDPRESS_DB_PASSWORD=NEW)
        # Said twice, the server would forget the one that the tasks have.
        assert "has a new password" not in site.made_schema(WORDPRESS_DB_PASSWORD=NEW)
        assert (opens(before), opens(NEW)) == (True, True)
        replicas += [site.started(WORDPRESS_DB_PASSWORD=NEW) for _ in old]
        visits()
        del replicas[: len(old)]
        visits()
        for replica in old:
            replica.stop()
        discard = site.run("schema", ["fleet-schema", "discard"], WORDPRESS_DB_PASSWORD=NEW)
        assert discard.wait() == 0
        visits()
        admin = site.run("init", ["fleet-init", "admin"], **SECOND)
        assert admin.wait() == 0, admin.output()
        visits()
        with site.visitor(replicas[0]) as visitor:
            assert visitor.log_in().status_code == HTTPStatus.OK  # the form again
            assert visitor.log_in(password=ADMIN).status_code == HTTPStatus.FOUND
        assert (opens(before), opens(NEW)) == (False, True)
    assert set(statuses) == {HTTPStatus.OK}


def test_a_copy_of_the_cluster_has_a_master_password_of_its_own(shared_site: StagedSite) -> None:
    shared_site.init()
    copy = {"FLEET_RESTORED_PASSWORD": MASTER_PASSWORD, "FLEET_DB_MASTER_PASSWORD": "of now"}
    words = ["fleet-schema", "restored"]
    opened = shared_site.run("schema", words, **copy)
    assert opened.wait() == 0, opened.output()
    refused = shared_site.run("schema", words, WORDPRESS_DB_NAME="wp_nowhere", **copy)
    assert refused.wait() == 1
    assert "had no schema wp_nowhere at that time" in refused.output()
