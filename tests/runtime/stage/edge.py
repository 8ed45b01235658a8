"""CloudFront on this machine: a distribution as the program asks for it, before a replica.

Its function runs in Node, its behaviours and the key of its cache policy are followed here, and
what is kept, and for how long, is the business of a real cache: nginx, told to heed what CloudFront
heeds.
"""

import json
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import httpx

from tests.runtime.stage.container import wait_until
from tests.runtime.stage.plain_http import transport

NODE_SIDE = Path(__file__).with_name("edge_function.js")
VISITOR = "203.0.113.9"
# The address of CloudFront's interface in the VPC, which the load balancer appends.
INTERFACE = "10.0.3.4"
# "Use managed cache policies": what is in the key of UseOriginCacheControlHeaders-QueryStrings.
CACHED = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
KEY_HEADERS = ("host", "origin", "x-http-method-override", "x-http-method", "x-method-override")
# Headers alone decide, no default lifetime; cookies and Vary are no reason to keep nothing.
CACHE = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    proxy_cache_path {folder}/kept keys_zone=edge:8m inactive=2d;
    map $http_x_edge_keep $pass {{ default 1; 1 0; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://$http_x_edge_target$request_uri;
            proxy_http_version 1.1;
            proxy_ignore_headers Set-Cookie Vary X-Accel-Expires Expires;
            proxy_cache edge;
            proxy_cache_key $http_x_edge_key;
            proxy_cache_bypass $pass;
            proxy_no_cache $pass;
            # As CloudFront does where Cache-Control says stale-if-error, which each kept page does.
            proxy_cache_use_stale error timeout http_500 http_502 http_503 http_504;
            proxy_set_header Host $http_host;
            proxy_set_header X-Edge-Key "";
            proxy_set_header X-Edge-Keep "";
            proxy_set_header X-Edge-Target "";
            proxy_set_header X-Forwarded-For "$http_x_forwarded_for, {interface}";
            proxy_set_header X-Forwarded-Proto https;
            add_header X-Edge $upstream_cache_status always;
        }}
    }}
}}
"""


@dataclass
class Function:
    """A function of a viewer's request, running."""

    process: "subprocess.Popen[str]"

    def __call__(self, request: Mapping[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"request": request}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def function(code: str, folder: Path) -> Iterator[Function]:
    source = folder / "function.js"
    source.write_text(code)
    process = subprocess.Popen(
        ["node", str(NODE_SIDE), str(source)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Function(process)
    finally:
        process.kill()
        process.wait()


def event(request: httpx.Request) -> dict[str, Any]:
    """The request as a function sees it."""
    headers = {name.lower(): {"value": value} for name, value in request.headers.items()}
    cookies = [each for each in headers.pop("cookie", {"value": ""})["value"].split("; ") if each]
    return {
        "method": request.method,
        "uri": request.url.raw_path.decode().partition("?")[0],
        "querystring": _values(request.url.query.decode().split("&")),
        "headers": headers,
        "cookies": _values(cookies),
    }


def _values(pairs: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, _, value in (pair.partition("=") for pair in pairs if pair):
        if name in found:
            found[name].setdefault("multiValue", [{"value": found[name]["value"]}])
            found[name]["multiValue"].append({"value": value})
        else:
            found[name] = {"value": value}
    return found


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [
        f"{name}={each['value']}" if each["value"] else name
        for name, value in values.items()
        for each in value.get("multiValue") or [value]
    ]


class Edge(httpx.BaseTransport):
    """A distribution, by the provider's names of its properties."""

    target: str
    """The replica behind it, HOST:PORT."""

    def __init__(
        self, distribution: Mapping[str, Any], function: Function, removed: list[str], port: int
    ) -> None:
        self.function = function
        self._distribution, self._removed, self._port = distribution, removed, port
        self._cache = transport()

    def behavior(self, path: str) -> Mapping[str, Any]:
        for each in self._distribution["orderedCacheBehaviors"]:
            if fnmatchcase(path, each["pathPattern"]):
                return each
        return self._distribution["defaultCacheBehavior"]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        told = event(request)
        behavior = self.behavior(told["uri"])
        if request.method not in behavior["allowedMethods"]:
            return httpx.Response(403)
        asked = self.function(told)
        if "statusCode" in asked:
            return httpx.Response(asked["statusCode"], headers={"X-Edge": "FUNCTION"})
        answer = self._cache.handle_request(self._onward(request, asked, behavior))
        answer.read()
        headers = [
            pair for pair in answer.headers.raw if pair[0].decode().lower() not in self._removed
        ]
        raw = [pair for pair in headers if pair[0].lower() != b"content-encoding"]
        return httpx.Response(answer.status_code, headers=raw, content=answer.content)

    def _onward(
        self, request: httpx.Request, asked: Mapping[str, Any], behavior: Mapping[str, Any]
    ) -> httpx.Request:
        headers = {name: value["value"] for name, value in asked["headers"].items()}
        query, cookies = "&".join(_pairs(asked["querystring"])), _pairs(asked["cookies"])
        keeps = behavior["cachePolicyId"] == CACHED and request.method in behavior["cachedMethods"]
        key = [asked["uri"], query, *sorted(cookies), *(headers.get(name) for name in KEY_HEADERS)]
        forwarded = [headers.get("x-forwarded-for"), VISITOR]
        headers |= {
            "accept-encoding": "identity",
            "x-forwarded-for": ", ".join(filter(None, forwarded)),
            "x-edge-key": json.dumps(key).encode().hex(),
            "x-edge-keep": str(int(keeps)),
            "x-edge-target": self.target,
            "via": "2.0 0123.cloudfront.net (CloudFront)",
        }
        if cookies:
            headers["cookie"] = "; ".join(cookies)
        target = asked["uri"] + (f"?{query}" if query else "")
        url = httpx.URL(f"http://127.0.0.1:{self._port}").copy_with(raw_path=target.encode())
        return httpx.Request(request.method, url, headers=headers, stream=request.stream)


@contextmanager
def edge(
    distribution: Mapping[str, Any], code: str, removed: list[str], target: str, folder: Path
) -> Iterator[Edge]:
    """Before the replica at `target`, HOST:PORT. `removed`: headers that visitors don't see."""
    folder.mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = CACHE.format(folder=folder, port=port, interface=INTERFACE)
    (folder / "nginx.conf").write_text("user root;" + text)
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf")])
    try:
        wait_until(lambda: _listens(port), "the edge's cache listens")
        with function(code, folder) as viewer_request:
            before = Edge(distribution, viewer_request, [name.lower() for name in removed], port)
            before.target = target
            yield before
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
