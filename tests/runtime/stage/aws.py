"""AWS's API and the ECS agent on this machine, for the client of the image.

What arrives is kept; `verified` asks botocore, which signs the same request once more.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.runtime.stage.podman import network

REGION = "eu-west-1"
ROLE = Credentials("ASIAROLE", "secret/of+the=role", "token//of+the==role")
AGENT_PATH = "/credentials"
AGENT_TOKEN = "told by the ECS agent"  # noqa: S105 - of a stand-in


@dataclass(frozen=True)
class Received:
    """A request as it came over the wire."""

    method: str
    path: str
    """With its query."""
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int = 200
    body: Any = field(default_factory=dict[str, Any])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    delay: float = 0
    """Seconds until it comes."""


@dataclass
class StandIn:
    """An endpoint whose answer a test sets."""

    url: str
    received: list[Received] = field(default_factory=list[Received])
    agent_asked: list[Received] = field(default_factory=list[Received])
    answer: Answer = field(default_factory=Answer)
    role_seconds: int = 3600
    """How long the role's credentials hold from when they are given out."""

    @property
    def environment(self) -> dict[str, str]:
        """What ECS tells a task with a role."""
        return {
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.url}{AGENT_PATH}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": AGENT_TOKEN,
        }

    def answered(self, request: Received) -> Answer:
        if request.path != AGENT_PATH:
            self.received.append(request)
            return self.answer
        self.agent_asked.append(request)
        if request.headers.get("authorization") != AGENT_TOKEN:
            return Answer(403)
        ends = datetime.now(UTC) + timedelta(seconds=self.role_seconds)
        role = {"AccessKeyId": ROLE.access_key, "SecretAccessKey": ROLE.secret_key}
        expiry = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Answer(body={**role, "Token": ROLE.token, "Expiration": expiry})


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = stand_in.answered(Received(self.command, self.path, headers, body))
            time.sleep(answer.delay)
            raw = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw.encode())))
            self.end_headers()
            self.wfile.write(raw.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's
            pass

    return Handler


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Listens on the containers' network alone, which is there once one of them runs."""
    server = ThreadingHTTPServer((network().gateway, 0), BaseHTTPRequestHandler)
    found = StandIn(f"http://{network().gateway}:{server.server_port}")
    server.RequestHandlerClass = _handler(found)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def verified(request: Received, service: str, url: str, credentials: Credentials = ROLE) -> None:
    """Raises AssertionError unless botocore signs the request as it was signed."""
    given = request.headers["authorization"]
    names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    signed = {name: request.headers[name] for name in names}
    assert {"host", "x-amz-date"} <= signed.keys()
    again = AWSRequest(request.method, f"{url}{request.path}", data=request.body)
    for name, value in signed.items():
        if name not in ("x-amz-date", "x-amz-security-token"):
            again.headers[name] = value
    when = datetime.strptime(signed["x-amz-date"], "%Y%m%dT%H%M%SZ")
    assert abs((datetime.now(UTC).replace(tzinfo=None) - when).total_seconds()) < 300
    with patch("botocore.auth.get_current_datetime", return_value=when):
        region = given.partition("Credential=")[2].split("/")[2]
        SigV4Auth(credentials, service, region).add_auth(again)
    assert again.headers["Authorization"] == given
