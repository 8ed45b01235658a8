"""The image behind CloudFront, which a real cache plays by the program's own distribution."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.runtime.stage.aws import Answer, StandIn, verified
from tests.runtime.stage.behind_edge import ID, KNOBS, Stage, behind_edge
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.edge import VISITOR, event
from tests.runtime.stage.site import StagedSite
from tests.runtime.stage.task import ADMIN_PASSWORD


@pytest.fixture(scope="module")
def behind(shared_site: StagedSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with behind_edge(shared_site, tmp_path_factory.mktemp("edge")) as stage:
        yield stage


def test_the_second_visitor_gets_the_first_ones_page_from_the_edge(behind: Stage) -> None:
    pages = [behind.get("/?twice", Cookie="_ga=1; theme=dark"), behind.get("/?twice&utm_source=x")]
    assert [page.headers["X-Edge"] for page in pages] == ["MISS", "HIT"]
    assert pages[0].text == pages[1].text
    assert "cookies ." in pages[0].text
    assert "s-maxage=86400" in pages[0].headers["Cache-Control"]
    assert "stale-if-error=86400" in pages[0].headers["Cache-Control"]
    # What a page shows is CloudFront's to know.
    assert not [name for name in pages[0].headers if name.startswith("fleet-")]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/?a", {"Cookie": "wordpress_logged_in_x=admin"}),
        ("/?b", {"Cookie": "a=b; WooCommerce_cart_hash=1"}),
        ("/?c", {"Authorization": "Basic YTpi"}),
        ("/?preview=true&keep", {}),
        ("/?add-to-cart=7&keep", {}),
        ("/?rest_route=/wp/v2/posts", {}),
        ("/wp-json/wp/v2/posts", {}),
        ("/wp-login.php", {}),
        ("/wp-admin/admin-ajax.php?action=x", {}),
        ("/?cookie", {}),
        ("/?cookie&keep", {}),
        ("/?broken", {}),
        ("/?broken&keep", {}),
        ("/?constant", {}),
        ("/?late", {}),
        ("/?keep&d", {"Cookie": "wordpress_logged_in_x=admin"}),
        ("/?keep&e", {"Authorization": "Basic YTpi"}),
    ],
)
def test_what_is_one_visitors_is_never_kept(
    behind: Stage, path: str, headers: dict[str, str]
) -> None:
    first, second = behind.get(path, **headers), behind.get(path, **headers)
    assert {first.headers["X-Edge"], second.headers["X-Edge"]} <= {"MISS", "BYPASS"}
    # Nor is it made of, or shown to, anybody else.
    anonymous = behind.get(path)
    assert anonymous.headers["X-Edge"] != "HIT"


@pytest.mark.parametrize(
    "path", ["/my-account/x.css", "/my-account/%2e%2e/wp-content/x.css", "/cart;x.js", "/cart/.js"]
)
def test_a_path_that_looks_like_a_file_keeps_nobodys_page(behind: Stage, path: str) -> None:
    own = behind.get(path, Cookie="wordpress_logged_in_x=admin")
    assert own.headers["X-Edge"] != "HIT"
    assert behind.get(path).text != own.text or own.status_code == 404


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-Host",
        "X-Host",
        "X-Original-URL",
        "X-Rewrite-URL",
        "Accept-Language",
        "Forwarded",
    ],
)
def test_a_header_outside_of_the_key_shapes_no_page(behind: Stage, header: str) -> None:
    poisoned = behind.get(f"/?by={header}", **{header: "evil.example"})
    assert "evil.example" not in poisoned.text
    assert behind.get(f"/?by={header}").text == poisoned.text


def test_head_and_range_leave_whole_pages(behind: Stage) -> None:
    with behind.visitor() as visitor:
        assert visitor.head("/?parts").content == b""
        visitor.get("/?parts", headers={"Range": "bytes=0-9"})
        page = visitor.get("/?parts")
        assert page.status_code == 200
        assert page.text.rstrip().endswith("</html>")
        # A POST reaches WordPress, with its cookies.
        answer = visitor.post("/?parts", data={"x": "1"}, headers={"Cookie": "theme=dark"})
        assert "cookies theme." in answer.text


def test_logging_in_works_and_shows_in_no_other_page(behind: Stage) -> None:
    with behind.visitor() as admin:
        admin.get("/wp-login.php")
        form = {"log": "admin", "pwd": ADMIN_PASSWORD, "wp-submit": "Log In", "testcookie": "1"}
        assert admin.post("/wp-login.php", data=form).status_code == 302
        assert admin.get("/wp-admin/").status_code == 200
        assert "user 1 " in admin.get("/?who").text
    assert "user 0 " in behind.get("/?who").text


def test_files_are_kept_once_for_everybody(behind: Stage) -> None:
    path = "/wp-includes/css/dist/block-library/style.min.css"
    first = behind.get(path, Cookie="wordpress_logged_in_x=admin")
    assert (first.status_code, first.headers["X-Edge"]) == (200, "MISS")
    assert behind.get(path, Cookie="other=1").headers["X-Edge"] == "HIT"


def test_media_carry_the_tag_by_which_they_are_dropped(behind: Stage) -> None:
    (behind.site.mount / "uploads/2026").mkdir(parents=True, exist_ok=True)
    (behind.site.mount / "uploads/2026/a.txt").write_text("a file")
    with behind.site.visitor(behind.replica) as direct:
        answer = direct.get("/wp-content/uploads/2026/a.txt")
    assert answer.headers["Fleet-Edge-Tag"] == "media"
    assert "Fleet-Edge-Tag" not in behind.get("/wp-content/uploads/2026/a.txt").headers


def test_an_alias_leads_to_the_canonical_host_from_the_edge(behind: Stage) -> None:
    alias = f"https://{behind.site.fields['domains'][1]}/about"
    for word in ("MISS", "HIT"):
        answer = behind.get(alias)
        assert (answer.status_code, answer.headers["X-Edge"]) == (301, word)
        assert answer.headers["Location"] == f"{behind.site.home}/about"
    # The canonical host's own address is another key.
    assert behind.get("/about").headers.get("Location") != f"{behind.site.home}/about"


@pytest.mark.parametrize(
    "path", ["/xmlrpc.php", "/healthz", "/readyz", "/wp-content/uploads/2026/11/shell.php"]
)
def test_what_nobody_may_ask_for_doesnt_pass_the_edge(behind: Stage, path: str) -> None:
    answer = behind.get(path)
    assert (answer.status_code, answer.headers["X-Edge"]) == (404, "FUNCTION")


def test_the_clients_address_is_the_visitors(behind: Stage) -> None:
    """Behind an internal load balancer: what the visitor claims counts for nothing."""
    page = behind.get("/?preview=address", **{"X-Forwarded-For": "6.6.6.6"})
    assert f"address {VISITOR} " in page.text
    assert f'"client":"{VISITOR}"' in behind.replica.container.output()


def paths(aws: StandIn) -> list[list[str]]:
    return [re.findall("<Path>([^<]*)</Path>", each.body.decode()) for each in aws.received]


def test_a_change_is_told_once_by_its_tags_and_never_by_the_save(behind: Stage) -> None:
    aws = behind.aws
    # Whatever was written before is told first.
    wait_until(lambda: not pending(behind), "what the installation changed is told")
    aws.received.clear()
    aws.answer = Answer(500)
    php(behind, "wp_update_post( [ 'ID' => 1, 'post_content' => 'One' ] );")
    php(behind, "wp_update_post( [ 'ID' => 1, 'post_content' => 'Two' ] );")
    wait_until(lambda: aws.received, "a purge is sent")
    # One that fails is a line in the log, and is tried again.
    wait_until(lambda: "next try in" in behind.replica.container.output(), "its failure is said")
    aws.answer = Answer(201, "<Invalidation/>")
    sent = len(aws.received)
    wait_until(lambda: len(aws.received) > sent, "it is sent again")
    told = paths(aws)[-1]
    assert "#post-1" in told
    assert len(told) == len(set(told))
    request = aws.received[-1]
    assert (request.method, request.path) == ("POST", f"/2020-05-31/distribution/{ID}/invalidation")
    verified(request, "cloudfront", aws.url)
    # Files that are deleted are gone from the edge, which else has them for a week.
    php(behind, "wp_delete_attachment( wp_insert_post( [ 'post_type' => 'attachment' ] ) );")
    wait_until(lambda: any("#media" in each for each in paths(aws)), "the end of media is told")
    php(behind, "do_action( 'switch_theme' );")
    wait_until(lambda: ["/*"] in paths(aws), "what changes everything is told as everything")


def pending(behind: Stage) -> bool:
    folder = behind.site.files / ".fleet"
    journal, mark = folder / "page-changes", folder / "page-changes-edge"
    if not mark.exists():
        return True
    lines = journal.read_text().splitlines() if journal.exists() else []
    return any(float(line.split()[0]) > float(mark.read_text() or 0) for line in lines)


def php(behind: Stage, code: str) -> None:
    load = "require '/usr/src/wordpress/wp-load.php'; "
    container = behind.replica.container
    done = container.execute("php", "-r", load + code, HTTP_HOST=behind.site.host)
    assert done.returncode == 0, done.stderr


NAMES = ["wordpress_logged_in_x", "WP-postpass_1", "woocommerce_cart", "PHPSESSID", "_ga", "theme"]
PARAMETERS = ["preview", "Rest_Route", "wc-ajax", "add-to-cart", "p", "s", "utm_source", "x"]
REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "GET", "GET", "HEAD", "POST"]),
        "path": st.sampled_from(["/", "/sample-page/", "/wp-json", "/wp-json/wp/v2", "/wp-jsonx"]),
        "query": st.lists(st.tuples(st.sampled_from(PARAMETERS), st.just("1")), max_size=2),
        "cookies": st.lists(st.sampled_from(NAMES), max_size=2),
        "authorization": st.booleans(),
    }
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=REQUESTS)
def test_the_function_and_nginx_agree_on_whose_page_it_is(
    behind: Stage, asked: dict[str, Any]
) -> None:
    """What nginx makes for one visitor keeps its cookies, or a mark of its own; else none stay."""
    headers = {"Authorization": "Basic YTpi"} if asked["authorization"] else {}
    cookie = "; ".join(f"{name}=1" for name in dict.fromkeys(asked["cookies"]))
    headers |= {"Cookie": cookie} if cookie else {}
    url = httpx.URL(behind.site.home).copy_with(
        path=asked["path"], query="&".join(f"{k}={v}" for k, v in asked["query"]).encode()
    )
    request = httpx.Request(asked["method"], url, headers=headers)
    before = event(request)
    after = behind.edge.function(event(request))
    with behind.site.visitor(behind.replica) as visitor:
        answer = visitor.request(
            asked["method"], str(url.copy_with(scheme="https")), headers=headers
        )
    dynamic = answer.headers["X-Cache"] == "BYPASS"
    if dynamic:
        assert before["cookies"].items() <= after["cookies"].items()
        marked = asked["authorization"] and asked["method"] != "POST"
        assert ("fleet-private" in after["cookies"]) == marked
    else:
        assert after["cookies"] == {}


def test_the_edge_has_the_page_while_the_database_is_away(behind: Stage) -> None:
    """Of a page whose time is over: the new task finds no database and has no page of its own."""
    short = {**KNOBS, **behind.aws.environment, "FLEET_EDGE_SECONDS": "1"}
    here = behind.site.started(**short)
    away = behind.site.started(**short, WORDPRESS_DB_HOST="127.0.0.1:1")
    try:
        behind.edge.target = here.address
        page = behind.get("/?away")
        assert page.headers["X-Edge"] == "MISS"
        behind.edge.target = away.address
        wait_until(lambda: behind.get("/?away").headers["X-Edge"] == "STALE", "its time is over")
        assert behind.get("/?away").text == page.text
        # Who is known is told when to come again, and nobody keeps that.
        known = behind.get("/?away", Cookie="wordpress_logged_in_x=admin")
        assert known.status_code == 503
        assert known.headers["Retry-After"]
    finally:
        behind.edge.target = behind.replica.address
