"""Clients that are slow and many: pages and health checks go on."""

import contextlib
import resource
import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.runtime.stage.site import Replica, StagedSite

DRIPPING = 4200
UPLOADS = 20
HELD = 8  # uploads of one address; nginx/site.conf
BYTES = 62 * 2**20


@pytest.fixture
def sockets() -> Iterator[contextlib.ExitStack]:
    """Closes what it is given; as many as a test likes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    with contextlib.ExitStack() as stack:
        yield stack
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(stack: contextlib.ExitStack, replica: Replica) -> socket.socket:
    target = (replica.container.address, replica.port)
    return stack.enter_context(socket.create_connection(target, timeout=60))


def test_thousands_that_drip(
    shared_site: StagedSite, shared_replica: Replica, sockets: contextlib.ExitStack
) -> None:
    """Each holds a connection and no more: by default nginx has 1,024 of them."""
    clients = [connect(sockets, shared_replica) for _ in range(DRIPPING)]
    for text in (f"GET / HTTP/1.1\r\nHost: {shared_site.host}\r\nX-Drip: ", "a", "b"):
        for client in clients:
            # nginx hangs up on those that take longer than it gives them.
            with contextlib.suppress(ConnectionError):
                client.sendall(text.encode())
        assert shared_replica.get("/healthz").status_code == httpx.codes.OK
        with shared_site.visitor(shared_replica) as visitor:
            assert visitor.get("/sample-page/").status_code == httpx.codes.OK


def test_uploads_that_are_held(
    shared_site: StagedSite, shared_replica: Replica, sockets: contextlib.ExitStack
) -> None:
    """What comes of a body lies on the task's disk: one address gets no more than a part of it."""
    head = f"POST /wp-login.php HTTP/1.1\r\nHost: {shared_site.host}\r\nContent-Length: {BYTES}\r\n"
    uploads = [connect(sockets, shared_replica) for _ in range(UPLOADS)]
    for upload in uploads:
        upload.sendall(f"{head}\r\n".encode() + b"x" * 1024)
    refused = 0
    for upload in uploads:
        upload.settimeout(1)
        with contextlib.suppress(TimeoutError):
            refused += upload.recv(64).startswith(b"HTTP/1.1 429")
    assert refused == UPLOADS - HELD
    assert shared_replica.get("/healthz").status_code == httpx.codes.OK
    with shared_site.visitor(shared_replica) as visitor:
        assert visitor.get("/sample-page/").status_code == httpx.codes.OK
