"""A client whose transport plays the load balancer: TLS ends there, the replica sees plain HTTP."""

import re
from collections.abc import Mapping

import httpx

from tests.runtime.stage.plain_http import transport
from tests.runtime.stage.task import ADMIN_PASSWORD

CLIENT_ADDRESS = "198.51.100.7"


class Balancer(httpx.BaseTransport):
    """Hands every request to one replica, with the headers that an ALB adds."""

    def __init__(self, target: str) -> None:
        self.target = target
        self._inner = transport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = request.headers.copy()
        forwarded = headers.get("X-Forwarded-For")
        headers["X-Forwarded-For"] = ", ".join(filter(None, [forwarded, CLIENT_ADDRESS]))
        headers["X-Forwarded-Proto"] = request.url.scheme
        headers["X-Forwarded-Port"] = "443" if request.url.scheme == "https" else "80"
        host, port = self.target.split(":")
        # A request of its own: the client's cookies belong to the address that it asked for.
        inner = httpx.Request(
            request.method,
            request.url.copy_with(scheme="http", host=host, port=int(port)),
            headers=headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return self._inner.handle_request(inner)

    def close(self) -> None:
        self._inner.close()


class Visitor(httpx.Client):
    """A browser at `https://SITE/`: it keeps cookies and sends secure ones over https only."""

    def __init__(self, home: str, target: str, headers: Mapping[str, str] | None = None) -> None:
        self.balancer = Balancer(target)
        super().__init__(base_url=home, transport=self.balancer, headers=headers, timeout=120)

    def moves_to(self, target: str) -> None:
        """The next requests go to another replica, HOST:PORT; the cookies stay."""
        self.balancer.target = target

    def log_in(self, user: str = "admin", password: str = ADMIN_PASSWORD) -> httpx.Response:
        """Fills in the login form. Returns the answer; 302 means success."""
        self.get("/wp-login.php")
        form = {"log": user, "pwd": password, "wp-submit": "Log In", "testcookie": "1"}
        return self.post("/wp-login.php", data=form)

    def nonce(self, path: str, pattern: str) -> str:
        """The first group of `pattern` in the page at `path`."""
        page = self.get(path, follow_redirects=True)
        found = re.search(pattern, page.text)
        assert found, f"{path} ({page.status_code}) does not hold {pattern}: {page.text[:500]}"
        return found[1]
