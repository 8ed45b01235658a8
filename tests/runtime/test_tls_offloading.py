"""Behind a load balancer that ends TLS: the replica sees plain HTTP, visitors see https."""

import json

import httpx
import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.plain_http import ask
from tests.runtime.stage.site import Replica, StagedSite


@pytest.mark.parametrize("path", ["/", "/wp-login.php", "/wp-admin/", "/hello-world/", "/feed/"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Forwarded-Proto": "http", "CloudFront-Forwarded-Proto": "https"}],
    ids=["load balancer", "CloudFront over http"],
)
def test_no_redirect_loop(
    shared_site: StagedSite, shared_replica: Replica, path: str, headers: dict[str, str]
) -> None:
    with shared_site.visitor(shared_replica, **headers) as visitor:
        answer = visitor.get(path, follow_redirects=True)
    assert answer.status_code == httpx.codes.OK
    assert len(answer.history) <= 1  # the dashboard's to the login form
    assert str(answer.url).startswith(f"{shared_site.home}/")


def test_cookies_are_secure(shared_site: StagedSite, shared_replica: Replica) -> None:
    with shared_site.visitor(shared_replica) as visitor:
        answer = visitor.log_in()
    cookies = answer.headers.get_list("Set-Cookie")
    session = [c for c in cookies if c.startswith(("wordpress_sec_", "wordpress_logged_in_"))]
    assert len(session) >= 2
    for cookie in cookies:
        assert "secure" in cookie.lower()
    for cookie in session:
        assert "httponly" in cookie.lower()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/feed/",
        "/hello-world/",
        "/wp-json/",
        "/wp-json/wp/v2/posts",
        "/wp-sitemap.xml",
        "/robots.txt",
    ],
)
def test_addresses_are_https(shared_site: StagedSite, shared_replica: Replica, path: str) -> None:
    with shared_site.visitor(shared_replica) as visitor:
        answer = visitor.get(path, follow_redirects=True)
    assert answer.status_code == httpx.codes.OK
    text = answer.text.replace("\\/", "/") + answer.headers.get("Link", "")
    assert f"{shared_site.home}/" in text
    assert shared_site.home.replace("https:", "http:") not in text
    assert f":{shared_replica.port}/" not in text


def test_preview_of_the_editor(shared_site: StagedSite, shared_replica: Replica) -> None:
    with shared_site.visitor(shared_replica) as visitor:
        visitor.log_in()
        nonce = visitor.get("/wp-admin/admin-ajax.php?action=rest-nonce").text
        post = visitor.post(
            "/wp-json/wp/v2/posts",
            json={"title": "A draft", "content": "words of a draft", "status": "draft"},
            headers={"X-WP-Nonce": nonce},
        ).json()
        assert post["link"].startswith(f"{shared_site.home}/")
        preview = visitor.get(f"/?p={post['id']}&preview=true", follow_redirects=True)
        assert "words of a draft" in preview.text
        assert preview.headers["X-Cache"] == "BYPASS"
        editor = visitor.get(f"/wp-admin/post.php?post={post['id']}&action=edit").text
        assert shared_site.home.replace("https:", "http:") not in editor.replace("\\/", "/")
        # As the editor deletes: by POST, since some proxies know no other method.
        gone = visitor.post(
            f"/wp-json/wp/v2/posts/{post['id']}",
            headers={"X-WP-Nonce": nonce, "X-HTTP-Method-Override": "DELETE"},
        )
        assert gone.json()["status"] == "trash"
    # A stranger doesn't see it.
    with shared_site.visitor(shared_replica) as stranger:
        seen = stranger.get(f"/?p={post['id']}&preview=true", follow_redirects=True)
        assert "words of a draft" not in seen.text


def test_redirects_name_no_port(shared_site: StagedSite, shared_replica: Replica) -> None:
    with shared_site.visitor(shared_replica) as visitor:
        assert visitor.get("/wp-admin").headers["Location"] == "/wp-admin/"
        slash = visitor.get("/hello-world")
    assert slash.headers["Location"] == f"{shared_site.home}/hello-world/"


def test_client_address_comes_from_the_load_balancer(
    shared_site: StagedSite, shared_replica: Replica
) -> None:
    with shared_site.visitor(shared_replica) as visitor:
        visitor.get("/?address", headers={"X-Forwarded-For": "203.0.113.66, 10.0.0.1"})
    output = shared_replica.container.output
    wait_until(lambda: "/?address" in output(), "the line is logged")
    line = next(line for line in output().splitlines() if "/?address" in line)
    # What the client claims to have come from counts for nothing.
    assert '"client":"198.51.100.7"' in line


def test_client_address_behind_a_cdn_of_somebody_else(shared_site: StagedSite) -> None:
    replica = shared_site.started(FLEET_TRUSTED_PROXIES="203.0.113.0/24,2001:db8::/32")
    # The visitor's claim, the visitor as the CDN saw it, and the CDN as the load balancer saw it.
    for proxy in ("203.0.113.9", "2001:db8::9", "192.0.2.9"):
        chain = f"6.6.6.6, 198.51.100.44, {proxy}"
        headers = {"Host": shared_site.host, "X-Forwarded-For": chain}
        ask(f"http://{replica.address}/?by={proxy}", headers=headers)
    output = replica.container.output
    wait_until(lambda: "by=192.0.2.9" in output(), "the last line is logged")
    logged = [line for line in output().splitlines() if "/?by=" in line]
    clients = [json.loads(line[line.index("{") :])["client"] for line in logged]
    # A proxy that isn't named is the client itself, whatever it says.
    assert clients == ["198.51.100.44", "198.51.100.44", "192.0.2.9"]


def test_plain_http_site_works_without_a_certificate(make_site: MakeSite) -> None:
    """The setting `allowHttp`: the program gives an http:// address."""
    site = make_site()
    home = f"http://{site.host}"
    replica = site.replica(WP_HOME=home)
    with site.visitor(replica) as visitor:
        visitor.base_url = httpx.URL(home)
        assert visitor.get("/").status_code == httpx.codes.OK
        assert visitor.log_in().status_code == httpx.codes.FOUND
        assert "Dashboard" in visitor.get("/wp-admin/").text
