"""Guessing: limits by address and by user, and names that strangers don't learn."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.site import Replica, StagedSite


def test_one_address_guesses_slowly(shared_site: StagedSite, shared_replica: Replica) -> None:
    with shared_site.visitor(shared_replica) as guesser:
        wrong = {"log": "admin", "pwd": "wrong"}
        answers = [guesser.post("/wp-login.php", data=wrong).status_code for _ in range(40)]
        assert answers.count(httpx.codes.TOO_MANY_REQUESTS) >= 20
        assert guesser.get("/").status_code == httpx.codes.OK


def test_one_user_is_guessed_at_slowly_from_many_addresses(make_site: MakeSite) -> None:
    site = make_site(knobs={"FLEET_LOGINS_PER_MINUTE": "1000"})
    replica = site.replica()
    with site.visitor(replica) as guesser:
        wrong = {"log": "admin", "pwd": "wrong"}
        answers = [guesser.post("/wp-login.php", data=wrong).status_code for _ in range(22)]
        assert answers[-1] == httpx.codes.TOO_MANY_REQUESTS
        assert guesser.log_in().status_code == httpx.codes.TOO_MANY_REQUESTS
        # Another user is not concerned.
        other = {"log": "somebody", "pwd": "wrong"}
        assert guesser.post("/wp-login.php", data=other).status_code == httpx.codes.OK


@pytest.mark.parametrize(
    "path",
    [
        "/?author=1",
        "/?author=1x",
        "/?author=0,1",
        "/wp-json/wp/v2/users",
        "/?rest_route=/wp/v2/users/1",
    ],
)
def test_user_names_stay_unknown(
    shared_site: StagedSite, shared_replica: Replica, path: str
) -> None:
    with shared_site.visitor(shared_replica) as stranger:
        answer = stranger.get(path, follow_redirects=True)
        assert answer.is_error
        assert "/author/admin" not in answer.text
        assert '"slug":"admin"' not in answer.text
        assert "admin Feed" not in answer.text
        assert "users" not in stranger.get("/wp-sitemap.xml").text


def test_a_login_s_error_does_not_tell_whether_the_user_exists(make_site: MakeSite) -> None:
    site = make_site(knobs={"FLEET_MAIL": "log", "FLEET_MAIL_FROM": "site@example.com"})
    with site.visitor(site.replica()) as stranger:
        pages = [
            stranger.post("/wp-login.php", data={"log": user, "pwd": "wrong"}).text
            for user in ("admin", "nobody")
        ]
        assert all("The user name or the password is wrong" in page for page in pages)
        # Nor does the form for a new one.
        lost = [
            stranger.post("/wp-login.php?action=lostpassword", data={"user_login": user})
            for user in ("admin", "nobody")
        ]
        assert [answer.headers["Location"] for answer in lost] == [
            "/wp-login.php?checkemail=confirm"
        ] * 2
        # An author's posts are no secret.
        assert stranger.get("/wp-json/wp/v2/posts?author=1").json()[0]["id"] == 1
        # The editor's own requests still work.
        stranger.log_in()
        nonce = stranger.get("/wp-admin/admin-ajax.php?action=rest-nonce").text
        users = stranger.get("/wp-json/wp/v2/users", headers={"X-WP-Nonce": nonce})
        assert users.json()[0]["slug"] == "admin"


def test_names_may_be_shown(make_site: MakeSite) -> None:
    site = make_site(knobs={"FLEET_USER_NAMES": "shown"})
    with site.visitor(site.replica()) as stranger:
        assert "/author/admin" in stranger.get("/?author=1").headers["Location"]


SESSION = """<?php
add_action( 'init', function () {
	if ( isset( $_GET['count'] ) ) {
		session_start();
		$_SESSION['count'] = ( $_SESSION['count'] ?? 0 ) + 1;
		exit( 'count ' . $_SESSION['count'] );
	}
} );
"""


def test_php_sessions_hold_on_every_task(make_site: MakeSite) -> None:
    site = make_site(knobs={"FLEET_PAGE_CACHE": "off"})
    (site.mount / "mu-plugins").mkdir()
    (site.mount / "mu-plugins/session.php").write_text(SESSION)
    one, other = site.replica(), site.started()
    with site.visitor(one) as visitor:
        assert "fleet_sessions" not in site.sql("SHOW TABLES")  # only code that starts one
        counts: list[str] = []
        for number in range(6):
            visitor.moves_to((one, other)[number % 2].address)
            counts.append(visitor.get("/?count").text)
        cookies = dict(visitor.cookies)
    assert counts == [f"count {number}" for number in range(1, 7)]

    def count(number: int) -> None:
        with site.visitor((one, other)[number % 2]) as same:
            same.cookies.update(cookies)
            same.get("/?count")

    # At once on both tasks: each waits for the other's, so none is lost.
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count, range(6)))
    with site.visitor(one) as visitor:
        visitor.cookies.update(cookies)
        assert visitor.get("/?count").text == "count 13"
