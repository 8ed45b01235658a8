"""Another database password while visitors are there: no request fails, on two tasks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpx

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import Replica, StagedSite
from tests.runtime.stage.task import MASTER_PASSWORD

NEW = "another password of this site's"
ADMIN = "another_of_the_administrator"
SECOND = {"WORDPRESS_DB_PASSWORD": NEW, "FLEET_ADMIN_PASSWORD": ADMIN}


@contextmanager
def visited(site: StagedSite, replicas: list[Replica]) -> Iterator[list[int]]:
    """Requests, one after the other, to the replicas that the list has then; their statuses."""
    statuses: list[int] = []
    ended = threading.Event()

    def visit() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            replica = replicas[number % len(replicas)]
            # No page cache has it, so each opens a connection of its own.
            url = f"http://{replica.address}/?s=word-{number}"
            headers = {"Host": site.host, "X-Forwarded-Proto": "https"}
            try:
                statuses.append(httpx.get(url, headers=headers, timeout=60).status_code)
            except httpx.TransportError:
                statuses.append(0)

    thread = threading.Thread(target=visit)
    thread.start()
    try:
        yield statuses
    finally:
        ended.set()
        thread.join()


def test_no_request_fails_while_the_password_changes(make_site: MakeSite) -> None:
    site = make_site()
    replicas = [site.replica()]
    old = replicas[0]
    with visited(site, replicas) as statuses:

        def visits() -> None:
            until = len(statuses) + 6
            wait_until(lambda: len(statuses) >= until, "six more requests are answered", 120)

        visits()
        site.made_schema(WORDPRESS_DB_PASSWORD=NEW)
        # Killed between the two passwords, and begun again: what works goes on working.
        site.run("schema", WORDPRESS_DB_PASSWORD=NEW).kill()
        assert "has a new password" not in site.made_schema(WORDPRESS_DB_PASSWORD=NEW)
        replicas.append(site.started(WORDPRESS_DB_PASSWORD=NEW))
        visits()
        replicas.remove(old)
        visits()
        old.stop()
        assert (
            site.run("schema", ["fleet-schema", "discard"], WORDPRESS_DB_PASSWORD=NEW).wait() == 0
        )
        visits()
        admin = site.run("init", ["fleet-init", "admin"], **SECOND)
        assert admin.wait() == 0, admin.output()
        visits()
        with site.visitor(replicas[0]) as visitor:
            assert visitor.log_in().status_code == HTTPStatus.OK  # the form again
            assert visitor.log_in(password=ADMIN).status_code == HTTPStatus.FOUND
    assert set(statuses) == {HTTPStatus.OK}
    password = site.task.values("init")["WORDPRESS_DB_PASSWORD"]
    assert site.database.as_user(site.schema, password, site.schema, "SELECT 1").returncode


def test_a_copy_of_the_cluster_has_a_master_password_of_its_own(shared_site: StagedSite) -> None:
    shared_site.init()
    copy = {"FLEET_RESTORED_PASSWORD": MASTER_PASSWORD, "FLEET_DB_MASTER_PASSWORD": "of now"}
    words = ["fleet-schema", "restored"]
    opened = shared_site.run("schema", words, **copy)
    assert opened.wait() == 0, opened.output()
    refused = shared_site.run("schema", words, WORDPRESS_DB_NAME="wp_nowhere", **copy)
    assert refused.wait() == 1
    assert "had no schema wp_nowhere at that time" in refused.output()
