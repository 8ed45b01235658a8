"""The load balancer of the environment `local`: what nginx does with the account's rules."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import ephemeral_port_reserve
import httpx
import pytest

from simulator.local.balancer import (
    INSIDE,
    LISTENER,
    LOAD_BALANCER,
    OWN_HOST,
    RULE,
    VERSION,
    configuration,
)
from simulator.world import Resource, World
from tests.runtime.stage.container import wait_until

SITE, QUIET = "targetgroup/site/1", "targetgroup/quiet/2"
PAUSED = {"statusCode": "503", "contentType": "text/html", "messageBody": 'costs "5 $"'}


class Target(BaseHTTPRequestHandler):
    """Answers with the headers that it got."""

    def do_GET(self) -> None:
        body = "".join(f"{name}: {value}\n" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Says nothing."""


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, target: str) -> Iterator[str]:
    """Where nginx answers as the rules say, on this machine in place of a container."""
    folder = tmp_path_factory.mktemp("balancer")
    (folder / "log").mkdir()
    folder.chmod(0o777)
    world = World(folder / "world.sqlite")
    _fill(world)
    port = ephemeral_port_reserve.reserve("127.0.0.1")
    text = configuration(world, {SITE: [target]}, 8080)
    text = text.replace(f"listen {INSIDE}", f"listen 127.0.0.1:{port}")
    file = folder / "nginx.conf"
    file.write_text(text.replace("/balancer/", f"{folder}/"))
    words = ["nginx", "-e", "/dev/stderr", "-c", str(file)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as nginx:
        found = f"http://127.0.0.1:{port}"
        wait_until(lambda: nginx.poll() is not None or _answers(found), "nginx answers", 30)
        try:
            yield found
        finally:
            nginx.terminate()


def _answers(address: str) -> bool:
    try:
        httpx.get(address)
    except httpx.TransportError:
        return False
    return True


def _fill(world: World) -> None:
    def made(kind: str, key: str, **props: Any) -> None:
        with world.change():
            world.write(Resource(kind, key, key, key, props))

    def rule(priority: int, host: str, **action: Any) -> None:
        conditions = [{"hostHeader": {"values": [host]}}]
        made(RULE, str(priority), priority=priority, conditions=conditions, actions=[action])

    made(LOAD_BALANCER, "one", idleTimeout=7)
    unknown = {"statusCode": "404", "contentType": "text/plain", "messageBody": "no site"}
    default = {"type": "fixed-response", "fixedResponse": unknown}
    made(LISTENER, "one", defaultActions=[default])
    # In the order of their making, which says nothing.
    rule(30, "*.example.com", type="forward", targetGroupArn=SITE)
    rule(20, "paused.example.com", type="fixed-response", fixedResponse=PAUSED)
    rule(10, "quiet?.example.com", type="forward", targetGroupArn=QUIET)


def ask(address: str, host: str, **headers: str) -> httpx.Response:
    return httpx.get(address, headers={"Host": host, **headers})


def test_a_target_is_told_who_asks_and_how(address: str) -> None:
    answer = ask(address, "www.EXAMPLE.com:8080", **{"X-Forwarded-For": "203.0.113.7"})
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert told["Host"] == "www.EXAMPLE.com:8080"
    assert told["X-Forwarded-For"] == "203.0.113.7, 127.0.0.1"
    assert (told["X-Forwarded-Proto"], told["X-Forwarded-Port"]) == ("http", "8080")
    assert told["X-Amzn-Trace-Id"].startswith("Root=1-")


def test_the_rule_with_the_least_number_answers(address: str) -> None:
    answer = ask(address, "paused.example.com")
    assert (answer.status_code, answer.text) == (503, PAUSED["messageBody"])
    assert answer.headers["content-type"] == "text/html"


def test_without_a_healthy_target_and_without_a_rule(address: str) -> None:
    quiet = ask(address, "quiet1.example.com")
    assert quiet.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert "Service Temporarily Unavailable" in quiet.text
    # One character, no more and no less.
    assert ask(address, "quiet12.example.com").status_code == httpx.codes.OK
    unknown = ask(address, "example.com")
    assert (unknown.status_code, unknown.text) == (404, "no site")


def test_it_says_by_which_configuration_it_goes(address: str) -> None:
    assert ask(address, OWN_HOST).text == VERSION
    # No rule of the account's has that host, and none comes first.
    assert ask(address, f"www.{OWN_HOST}").text == "no site"


def test_connections_are_shared_out_and_wait_as_the_account_says(tmp_path: Path) -> None:
    world = World(tmp_path / "world.sqlite")
    _fill(world)
    text = configuration(world, {SITE: ["10.0.0.1:80", "10.0.0.2:80"]}, 8080)
    assert "least_conn; server 10.0.0.1:80 max_fails=0; server 10.0.0.2:80 max_fails=0;" in text
    assert text.count("7s") == 3
