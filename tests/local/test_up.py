"""`fleet up` on `local` ends with sites that answer, and the live verbs see them."""

import re
from pathlib import Path

import httpx

from tests.local.checkout import LocalCheckout


def test_both_sites_answer_at_their_addresses(running: LocalCheckout) -> None:
    assert "<title>The Blog" in running.get("blog").text
    assert "<title>shop" in running.get("shop").text


def test_a_host_of_no_site_is_not_found(running: LocalCheckout) -> None:
    answer = running.get("nobody")
    assert (answer.status_code, answer.text) == (404, "No site of this name.")
    assert answer.headers["content-type"] == "text/plain"


def test_the_admin_logs_in_with_the_password_of_the_file(running: LocalCheckout) -> None:
    path = running.folder / ".local/passwords"
    assert path.stat().st_mode & 0o077 == 0
    (line,) = [line for line in path.read_text().splitlines() if "blog" in line]
    address, user, password = line.split()
    assert address == f"{running.address('blog')}/wp-admin/"
    host = {"Host": address.split("/")[2]}
    with httpx.Client(base_url=f"http://127.0.0.1:{running.place.port}", headers=host) as browser:
        browser.cookies.set("wordpress_test_cookie", "WP Cookie check")
        form = {"log": user, "pwd": password, "wp-submit": "Log In", "testcookie": "1"}
        answer = browser.post("/wp-login.php", data=form, timeout=60)
    assert answer.status_code == 302
    assert answer.headers["location"] == address


def test_up_again_changes_and_restarts_nothing(running: LocalCheckout) -> None:
    before = running.tasks("blog") | running.tasks("shop")
    said = running.well("up")
    assert "Nothing to change" in said
    assert f"{running.address('blog')} " in said
    assert ".local/passwords" in said
    assert running.tasks("blog") | running.tasks("shop") == before


def test_the_live_verbs_see_the_containers(running: LocalCheckout) -> None:
    assert re.search(r"^blog +live +1/1 .* 1/1 +completed", running.well("status"), re.MULTILINE)
    running.get("blog", "/?seen-in-the-log")
    assert "GET blog.localhost/?seen-in-the-log" in running.well("logs", "blog")
    assert running.well("exec", "blog", "--", "sh", "-c", "id -u").strip() == "33"
    assert running.fleet("exec", "blog", "--", "sh", "-c", "exit 7").returncode == 7


def test_mails_are_caught_and_shown_in_a_page(running: LocalCheckout, tmp_path: Path) -> None:
    passwords = (running.folder / ".local/passwords").read_text().splitlines()
    (user,) = [line.split()[1] for line in passwords if "blog" in line]
    asked = httpx.post(
        f"http://127.0.0.1:{running.place.port}/wp-login.php?action=lostpassword",
        data={"user_login": user},
        headers={"Host": running.address("blog").removeprefix("http://")},
        timeout=60,
    )
    assert asked.headers["location"].endswith("checkemail=confirm"), asked.text
    page = tmp_path / "mails.html"

    def is_shown() -> bool:
        running.well("mail", "blog", "--page", str(page))
        return "Password Reset" in page.read_text()

    running.until(is_shown, "the page has the mail")


def test_nothing_listens_beyond_loopback(running: LocalCheckout) -> None:
    engine = running.engine()
    try:
        ports = [port for one in engine.containers() for port in one["Ports"]]
    finally:
        engine.close()
    assert {port.get("IP") for port in ports if port.get("PublicPort")} == {"127.0.0.1"}


def test_files_belong_to_the_access_point(running: LocalCheckout) -> None:
    (files,) = Path(running.place.room("files")).glob("fs-*/sites/blog/wp-content")
    assert files.stat().st_uid > 65536
    assert files.stat().st_mode & 0o777 == 0o750
