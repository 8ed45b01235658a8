"""What strangers try. None of it works."""

import concurrent.futures
import contextlib
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import Replica, StagedSite

MARK = "executed-or-leaked"
CODE = f"<?php echo '{MARK[:8]}', '{MARK[8:]}'; // {MARK}"


@pytest.fixture(scope="module")
def visitor(shared_site: StagedSite, shared_replica: Replica) -> Iterator[Visitor]:
    with shared_site.visitor(shared_replica) as visitor:
        yield visitor


def target(replica: Replica) -> tuple[str, int]:
    return replica.container.address, replica.port


def raw(replica: Replica, *lines: str) -> bytes:
    """Sends bytes that no client library would, and reads until the server closes."""
    with socket.create_connection(target(replica), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "name",
    [
        "shell.php",
        "shell.PHP",
        "shell.php7",
        "shell.phtml",
        "shell.phar",
        "shell.php.bak",
        "a.jpg.php",
    ],
)
@pytest.mark.parametrize("folder", ["uploads", "uploads/2026/01", "languages", "upgrade", "cache"])
def test_uploaded_php_neither_runs_nor_shows(
    shared_site: StagedSite, shared_replica: Replica, visitor: Visitor, folder: str, name: str
) -> None:
    path = shared_site.seen(shared_replica, f"{folder}/{name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CODE)
    for address in (f"/wp-content/{folder}/{name}", f"/wp-content/{folder}/{name}/x.php"):
        answer = visitor.get(address)
        assert answer.status_code == 404
        assert MARK not in answer.text


@pytest.mark.parametrize("suffix", ["/x.php", "/.php", "%00.php", "%20.php", "?.php", ";.php"])
def test_a_picture_is_never_run(shared_site: StagedSite, visitor: Visitor, suffix: str) -> None:
    picture = shared_site.mount / "uploads/picture.jpg"
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(CODE)
    answer = visitor.get(f"/wp-content/uploads/picture.jpg{suffix}")
    assert answer.text in (CODE, "") or answer.is_error
    assert answer.headers.get("Content-Type", "") in ("image/jpeg", "text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/wp-content/uploads/../../../../etc/passwd",
        "/wp-content/uploads/..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "/wp-content/uploads/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5c..%5cetc/passwd",
        "//etc/passwd",
        "/wp-content/plugins/..%252f..%252f..%252fetc/passwd",
        "/wp-content/plugins/../../../../../../proc/self/environ",
        "/index.php/../../../../etc/passwd",
    ],
)
def test_path_traversal(shared_replica: Replica, shared_site: StagedSite, path: str) -> None:
    host = shared_site.host
    answer = raw(shared_replica, f"GET {path} HTTP/1.1", f"Host: {host}")
    assert answer.split()[1] in (b"301", b"400", b"404")
    assert b"root:" not in answer
    assert b"WORDPRESS_" not in answer


@pytest.mark.parametrize(
    "path",
    [
        "/wp-config.php",
        "/wp-config.php.bak",
        "/wp-config.php~",
        "/wp-config-sample.php",
        "/wp-config.txt",
        "/.wp-config.php.swp",
        "/%77p-config.php",
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/.htaccess",
        "/.fleet-code",
        "/wp-content/.fleet-seeded",
        "/wp-content/plugins/.git/config",
        "/backup.sql",
        "/dump.sql.gz",
        "/wp-content/debug.log",
        "/wp-content/backup.tar.old",
        "/wp-content/plugins/akismet/composer.lock",
        "/readme.html",
        "/wp-includes/version.php",
        "/wp-admin/includes/upgrade.php",
        "/wp-cron.php",
        "/xmlrpc.php",
        "/wp-content/themes/twentytwentyfive/patterns/post-meta.php.txt",
    ],
)
def test_configuration_and_backups_are_not_served(
    shared_site: StagedSite, shared_replica: Replica, visitor: Visitor, path: str
) -> None:
    below = path.removeprefix("/wp-content/")
    file = shared_site.seen(shared_replica, below)
    if below != path and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(CODE)
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert MARK not in answer.text
    assert visitor.post(path, data={"a": "b"}).status_code in (404, 405)


def test_xmlrpc_can_be_switched_on(make_site: MakeSite) -> None:
    site = make_site(knobs={"FLEET_XMLRPC": "on"})
    with site.visitor(site.replica()) as visitor:
        answer = visitor.post(
            "/xmlrpc.php", content="<methodCall><methodName>demo.sayHello</methodName></methodCall>"
        )
    assert "Hello!" in answer.text


POISON = {
    "X-Forwarded-Host": "evil.example.net",
    "X-Host": "evil.example.net",
    "X-Forwarded-Server": "evil.example.net",
    "Forwarded": "host=evil.example.net",
    "X-Original-URL": "/evil.example.net",
    "X-Rewrite-URL": "/evil.example.net",
    "X-HTTP-Method-Override": "POST",
    "X-Forwarded-Prefix": "/evil.example.net",
    "X-Forwarded-Proto": "evil.example.net",
    "X-Unkeyed": "evil.example.net",
    "Accept-Language": "evil.example.net",
    "User-Agent": "evil.example.net",
    "Referer": "https://evil.example.net/",
    "Cookie": "unknown=evil.example.net",
    "Proxy": "http://evil.example.net/",
}
# Echoes every header that PHP sees, as a careless plugin might.
ECHO = """<?php
add_action( 'wp_footer', function () {
	echo json_encode( $_SERVER + $_COOKIE, 64 ), file_get_contents( 'php://input' );
} );
"""


@pytest.fixture
def echoing(make_site: MakeSite) -> tuple[StagedSite, Replica]:
    site = make_site()
    (site.mount / "mu-plugins").mkdir()
    (site.mount / "mu-plugins/echo.php").write_text(ECHO)
    return site, site.replica()


def test_no_header_can_poison_the_cache(echoing: tuple[StagedSite, Replica]) -> None:
    """Even when a plugin prints all it sees: what isn't in the key never reaches PHP."""
    site, replica = echoing
    with site.visitor(replica) as attacker, site.visitor(replica) as victim:
        for number, (name, value) in enumerate(POISON.items()):
            path = f"/?poison={number}"
            first = attacker.get(path, headers={name: value})
            assert first.headers["X-Cache"] == "MISS"
            second = victim.get(path)
            # Stale when something of the site's changed in between: the same copy.
            assert second.headers["X-Cache"] in ("HIT", "STALE"), name
            assert "evil.example.net" not in second.text, name
            assert '"REQUEST_METHOD":"GET"' in second.text


def test_a_type_without_a_body_can_not_poison_the_cache(
    echoing: tuple[StagedSite, Replica],
) -> None:
    """WordPress answers in JSON to some; no cache's key holds it."""
    site, replica = echoing
    with site.visitor(replica) as attacker:
        answer = attacker.get("/?type", headers={"Content-Type": "application/json"})
        assert answer.headers["X-Cache"] == "BYPASS"


def test_an_address_that_a_client_claims_reaches_no_plugin(
    echoing: tuple[StagedSite, Replica],
) -> None:
    site, replica = echoing
    claims = {"X-Real-IP": "203.0.113.66", "Client-IP": "203.0.113.66"}
    with site.visitor(replica) as attacker:
        answer = attacker.get(
            "/", headers={**claims, "X-Forwarded-For": "203.0.113.66", "Cookie": "wp-postpass_x=x"}
        )
        assert answer.headers["X-Cache"] == "BYPASS"
        assert "203.0.113.66" not in answer.text


@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "with a length"])
def test_no_body_can_poison_the_cache(echoing: tuple[StagedSite, Replica], chunked: bool) -> None:
    """A GET with a body, which a plugin may read; no cache's key holds it."""
    site, replica = echoing
    body = b'{"search":"evil.example.net"}'
    with site.visitor(replica) as attacker, site.visitor(replica) as victim:
        first = attacker.request("GET", "/", content=iter([body]) if chunked else body)
        assert first.headers["X-Cache"] == "BYPASS"
        assert "evil.example.net" in first.text
        second = victim.get("/")
        assert second.headers["X-Cache"] == "MISS"
        assert "evil.example.net" not in second.text


@pytest.mark.parametrize(
    "request_line",
    ["GET http://evil.example.net/ HTTP/1.1", "GET / HTTP/1.1"],
    ids=["absolute address", "two hosts"],
)
def test_host_header_poisoning(echoing: tuple[StagedSite, Replica], request_line: str) -> None:
    site, replica = echoing
    host = site.host
    hosts = (
        [f"Host: {host}"]
        if "http://" in request_line
        else [f"Host: {host}", "Host: evil.example.net"]
    )
    answer = raw(replica, request_line, *hosts)
    assert answer.split()[1] in (b"400", b"404")
    # The password form is where a forged host would do harm: WordPress mails links to it.
    with site.visitor(replica, **{"X-Forwarded-Host": "evil.example.net"}) as visitor:
        page = visitor.get("/wp-login.php?action=lostpassword")
    assert "evil.example.net" not in page.text


def test_oversized_bodies_are_refused(make_site: MakeSite) -> None:
    site = make_site(knobs={"FLEET_UPLOAD_MEGABYTES": "1"})
    with site.visitor(site.replica()) as visitor:
        answer = visitor.post("/wp-login.php", content=b"x" * (1024 * 1024 + 1))
        assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
        assert visitor.post("/wp-login.php", content=b"x" * 1024).status_code == httpx.codes.OK


def test_huge_headers_are_refused(shared_site: StagedSite, visitor: Visitor) -> None:
    answer = visitor.get("/", headers={"X-Padding": "x" * 100_000})
    assert answer.status_code in (400, 431)


def test_slow_clients_hold_no_worker(make_site: MakeSite) -> None:
    """A hundred clients that never finish: pages go on, and each of them is hung up on."""
    site = make_site(knobs={"FLEET_WORKERS": "2", "FLEET_PAGE_CACHE": "off"})
    replica = site.replica()
    head = f"POST /wp-login.php HTTP/1.1\r\nHost: {site.host}\r\n"
    unfinished = [head, head + "Content-Length: 1000\r\n\r\nlog=a"]
    clients = [socket.create_connection(target(replica)) for _ in range(100)]
    try:
        for number, client in enumerate(clients):
            client.sendall(unfinished[number % 2].encode())
        with site.visitor(replica) as visitor, concurrent.futures.ThreadPoolExecutor(4) as pool:
            pages = [pool.submit(visitor.get, f"/?{n}") for n in range(8)]
            assert {page.result().status_code for page in pages} == {httpx.codes.OK}
        deadline = time.monotonic() + 60
        for client in clients:
            client.settimeout(max(1, deadline - time.monotonic()))
            with contextlib.suppress(ConnectionResetError):  # hung up on
                assert client.recv(1024)[:12] in (b"", b"HTTP/1.1 408", b"HTTP/1.1 429")
    finally:
        for client in clients:
            client.close()


def test_user_input_cannot_forge_log_lines(shared_replica: Replica, visitor: Visitor) -> None:
    visitor.get('/?forged="}%0a{"status":200', headers={"User-Agent": 'x","status":999,"y":"'})
    wait_until(lambda: "forged" in shared_replica.container.output(), "the line is logged")
    lines = [ln for ln in shared_replica.container.output().splitlines() if "forged" in ln]
    assert all('"status":999' not in line for line in lines)
