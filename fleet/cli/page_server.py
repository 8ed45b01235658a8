"""Pages served to this machine's browsers, read-only: made anew at each request."""

from __future__ import annotations

import os
import socketserver
from collections.abc import Callable
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from fleet.problems import FleetError

# Path of the address -> page; None for one that there isn't.
Pages = Callable[[str], str | None]
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Loopback(ThreadingHTTPServer):
    """On a port of loopback; 0 is any. `name` is the host that browsers must ask for.

    A page of another site may lead its own name to this machine, so other hosts are refused.
    """

    daemon_threads = True

    def __init__(self, port: int, name: str, pages: Pages, policy: str) -> None:
        self.pages, self.policy, self.name = pages, policy, name
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        return f"http://{self.name}:{self.server_port}"

    def is_meant(self, host: str) -> bool:
        """Whether a request with this host is for these pages."""
        return host == f"{self.name}:{self.server_port}"


class Socket(socketserver.ThreadingUnixStreamServer):
    """On a socket in a folder, for a proxy in a container, which has looked at the host."""

    daemon_threads = True

    def __init__(self, path: Path, pages: Pages, policy: str) -> None:
        self.pages, self.policy = pages, policy
        path.unlink(missing_ok=True)
        # A socket's name is limited to 107 bytes, wherever the checkout is.
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            super().__init__(f"/proc/self/fd/{folder}/{path.name}", _Handler)
        finally:
            os.close(folder)
        # The proxy is another user.
        path.chmod(0o666)

    def is_meant(self, host: str) -> bool:
        return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    @property
    def _served(self) -> Loopback | Socket:
        return cast("Loopback | Socket", self.server)

    def do_GET(self) -> None:
        if not self._served.is_meant(self.headers.get("Host", "")):
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, "another host")
            return
        try:
            page = self._served.pages(urlsplit(self.path).path)
        except FleetError as error:
            self._answer(HTTPStatus.BAD_GATEWAY, f"<pre>{escape(str(error))}</pre>")
            return
        if page is None:
            self._answer(HTTPStatus.NOT_FOUND, "There is no such page.")
        else:
            self._answer(HTTPStatus.OK, page)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, status: HTTPStatus, text: str) -> None:
        body = text.encode(errors="replace")
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", self._served.policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def address_string(self) -> str:
        return "here"  # a socket's client has none

    def log_request(self, code: object = "", size: object = "") -> None:
        """Nothing is said of each request."""
