"""The life of a fleet that really runs, from its first `up` to `destroy`.

One fleet for all, which each test leaves with both sites live; the last ones take it away.
"""

import gzip
import json
import os
import re
from pathlib import Path

import httpx
import pytest

from tests.local.browser import Browser
from tests.local.checkout import LocalCheckout
from tests.local.chromium import opened
from tests.local.console import come_now, pause_after
from tests.local.screen import on_a_screen
from tests.local.sites import SITES, on_spot, one
from tests.runtime.stage.dashboard import switch
from tests.runtime.stage.image import fleet_image
from tests.runtime.stage.podman import podman

OTHER_IMAGE = "localhost/fleet-stage/another:1"


def test_both_sites_answer_at_their_addresses(fleet: LocalCheckout) -> None:
    assert "<title>The Blog" in fleet.get("blog").text
    assert "<title>shop" in fleet.get("shop").text


def test_a_browser_opens_site_and_dashboard(fleet: LocalCheckout, tmp_path: Path) -> None:
    assert "<title>The Blog" in opened(fleet.address("blog"), tmp_path)
    # Which loads its style sheets and scripts from the address that it was asked at.
    login = opened(f"{fleet.address('blog')}/wp-admin/", tmp_path)
    assert 'id="loginform"' in login
    assert f'href="{fleet.address("blog")}/wp-admin/' in login


def test_a_host_of_no_site_is_not_found(fleet: LocalCheckout) -> None:
    answer = fleet.get("nobody")
    assert (answer.status_code, answer.text) == (404, "No site of this name.")
    assert answer.headers["content-type"] == "text/plain"


def test_tasks_come_by_load_and_nothing_by_a_second_up(fleet: LocalCheckout) -> None:
    """Which leaves their number to autoscaling. What takes time goes on in the tests below."""
    come_now(fleet, "shop--job-greet")
    before = fleet.tasks("blog") | fleet.tasks("shop")
    with fleet.visited("shop") as wrong:
        assert "Nothing changed" in fleet.well("up", "--skip-preview")
        fleet.until(lambda: len(fleet.serving("shop")) == 2, "two tasks for many visitors")
    assert wrong == []
    # Both metrics of the containers, as CloudWatch would have them.
    lines = (fleet.place.room("agent") / "scaling").read_text().splitlines()
    points = [point for line in lines if (point := json.loads(line))["service"] == "shop"]
    assert max(point.get("cpu", 0) for point in points) > 1
    assert max(point.get("requests", 0) for point in points) > 30
    assert before <= fleet.tasks("blog") | fleet.tasks("shop")


def test_the_live_verbs_see_the_containers(fleet: LocalCheckout) -> None:
    assert re.search(r"^blog +live +2/2 .* 2/2 +completed", fleet.well("status"), re.MULTILINE)
    done = fleet.fleet("exec", "blog", "--", "sh", "-c", "id -u; exit 7")
    assert (done.stdout, done.returncode) == ("33\n", 7)


def test_a_shell_in_a_container_has_the_terminal(fleet: LocalCheckout) -> None:
    """Its size, and each key, which is shown once: Ctrl-C is the container's."""
    # A key that comes before the shell has read its line is the shell's, and one between two of its
    # commands is nobody's.
    line = "sh -c 'stty size; exec sleep 60'\n"
    typed = [("$ ", line), ("\r\n30 100\r\n", "\x03"), ("$ ", "exit\n")]
    shown = on_a_screen(fleet, "exec", "blog", "--", "sh", typed=typed).replace("\r\n", "\n")
    assert shown == f"$ {line}30 100\n^C\n$ exit\n"


def test_a_log_is_followed(fleet: LocalCheckout) -> None:
    with fleet.following("blog") as lines:
        fleet.get("blog", "/?while-somebody-looks")
        line = "GET blog.localhost/?while-somebody-looks"
        fleet.until(lambda: any(line in each for each in lines), f"the request in {lines}")


def test_a_command_runs_in_a_task_of_its_own(fleet: LocalCheckout) -> None:
    done = fleet.fleet("run", "blog", "--", "sh", "-c", "echo from a task of its own; exit 5")
    assert "from a task of its own" in done.stdout
    assert done.returncode == 5
    assert "failed (5)" in fleet.well("runs", "blog")


def test_mails_are_caught_and_shown_in_a_page(fleet: LocalCheckout, tmp_path: Path) -> None:
    with Browser(fleet, "blog") as browser:
        _, user, _ = browser.first_password()
        form = {"user_login": user}
        asked = browser.post("/wp-login.php?action=lostpassword", data=form)
    assert asked.headers["location"].endswith("checkemail=confirm"), asked.text
    told = "Password Reset"
    fleet.until(lambda: told in fleet.get("mail", "/blog").text, "the page has the mail")
    assert 'href="/shop"' in fleet.get("mail").text
    assert fleet.get("mail", "/nobody").status_code == httpx.codes.NOT_FOUND
    assert f"in a browser: {fleet.address('mail')}/blog" in fleet.well("mail", "blog")
    page = tmp_path / "mails.html"
    fleet.well("mail", "blog", "--page", str(page))
    assert told in page.read_text()


def test_nothing_listens_beyond_loopback(fleet: LocalCheckout) -> None:
    ports = [port for one in fleet.containers() for port in one["Ports"]]
    assert {port.get("IP") for port in ports if port.get("PublicPort")} == {"127.0.0.1"}


def test_passwords_and_files_are_their_owners(fleet: LocalCheckout) -> None:
    assert (fleet.place.local / "passwords").stat().st_mode & 0o077 == 0
    (files,) = Path(fleet.place.room("files")).glob("fs-*/sites/blog/wp-content")
    assert files.stat().st_uid > 65536
    assert files.stat().st_mode & 0o777 == 0o750


def test_a_container_is_held_to_its_definition(fleet: LocalCheckout) -> None:
    engine = fleet.engine()
    try:
        found = [engine.inspect(name) or {} for name in fleet.tasks("blog")]
    finally:
        engine.close()
    held = ("ReadonlyRootfs", "Memory", "CpuQuota")
    assert [one["Config"]["User"] for one in found] == ["33:33"] * 2
    assert [[one["HostConfig"][name] for name in held] for one in found] == [
        [True, 1024**3, 50_000]
    ] * 2


def test_a_site_sees_nothing_of_the_other(fleet: LocalCheckout) -> None:
    script = """
        export MYSQL_PWD="$WORDPRESS_DB_PASSWORD"
        asked() { mysql -h ${WORDPRESS_DB_HOST%:*} -u $WORDPRESS_DB_USER -e "$1" 2>&1; }
        asked 'SHOW DATABASES'; cat /proc/mounts; env
        asked 'SELECT 1 FROM shop.wp_options' | grep -o denied
    """
    told = fleet.well("exec", "blog", "--", "sh", "-c", script)
    assert "blog" in told
    assert "shop" not in told
    assert told.endswith("denied\n")
    # Nor by a path: a file that the other shows.
    (files,) = Path(fleet.place.room("files")).glob("fs-*/sites/shop/wp-content")
    folder, owner = files / "uploads", files.stat()
    folder.mkdir(exist_ok=True)
    (folder / "theirs.txt").write_text("of the shop")
    for path in (folder, folder / "theirs.txt"):
        os.chown(path, owner.st_uid, owner.st_gid)
    path = "/wp-content/uploads/theirs.txt"
    assert fleet.get("shop", path).text == "of the shop"
    assert fleet.get("blog", path).status_code == httpx.codes.NOT_FOUND
    for up in ("..", "%2e%2e", "..%2f.."):
        climbing = f"/wp-content/uploads/{'/'.join([up] * 4)}/sites/shop{path}"
        assert not fleet.get("blog", climbing).is_success


def test_a_database_pauses_and_answers_again(fleet: LocalCheckout) -> None:
    pause_after(fleet, 2)
    fleet.until(lambda: "paused" in fleet.states("-db-"), "the database pauses")
    assert fleet.get("blog", "/wp-login.php").status_code == httpx.codes.OK
    pause_after(fleet, None)


def test_tasks_go_with_the_load_and_come_by_the_clock(fleet: LocalCheckout) -> None:
    """What the test of the load and of the clock began."""
    fleet.until(lambda: len(fleet.serving("shop")) == 1, "one task for no visitors")
    fleet.until(lambda: "succeeded" in fleet.well("jobs", "shop"), "the job has run", 90)


def test_a_working_folder_shows_at_once(fleet: LocalCheckout, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()

    def write(words: str) -> None:
        footer = f"function () {{ trigger_error('a notice of mine'); print('{words}'); }}"
        code = f"<?php /* Plugin Name: mine */ add_action('wp_footer', {footer});"
        (source / "mine.php").write_text(code)

    write("first words")
    # Its new task starts once the database, which has died, is back.
    fleet.kill("-db-")
    fleet.well("dev", "shop", "--mount", f"plugins/mine={source}")
    with Browser(fleet, "shop") as admin:
        admin.enter()
        switch(admin, "mine", "activate")
    assert "first words" in fleet.get("shop").text
    write("other words")
    fleet.until(lambda: "other words" in fleet.get("shop").text, "what was saved shows")
    # Which WordPress says with WP_DEBUG alone.
    assert "a notice of mine" in fleet.well("logs", "shop")
    fleet.well("dev", "shop")
    fleet.until(lambda: "other words" not in fleet.get("shop").text, "the site's own code")
    # Nothing of it was taken for the site's own.
    assert not [*fleet.place.room("files").glob("fs-*/sites/shop/**/mine*")]


def test_one_deployment_changes_adds_and_fails(fleet: LocalCheckout) -> None:
    """A changed site rolls, a new one opens, and one that doesn't start keeps what it had."""
    # No scaling of before is under way.
    fleet.until(lambda: len(fleet.serving("shop")) == 1, "one task of the shop")
    before, others = fleet.serving("blog"), fleet.serving("shop")
    # Which has no program of the fleet's.
    broken = {**SITES["shop"], "image": "docker.io/library/mysql:8.4"}
    podman("tag", fleet_image(), OTHER_IMAGE)
    mixed = {"on_demand_base": 1, "on_demand_weight": 0}
    changed = on_spot(image=OTHER_IMAGE, size={"cpu": 512, "memory": 2048}, capacity=mixed)
    fleet.write_sites({"blog": changed, "shop": broken, "news": one("news")})
    with fleet.visited("blog") as wrong:
        done = fleet.fleet("up", "--skip-preview")
        assert done.returncode == 1
        # The line is folded where the screen ends.
        assert "circuit breaker" in " ".join((done.stdout + done.stderr).split())
        assert fleet.serving("shop") == others
        fleet.until(lambda: "<title>news" in fleet.get("news").text, "the new site opens")
        after = fleet.serving("blog")
        assert len(after) == 2
        assert not after & before
        assert fleet.made_of("blog") == {(OTHER_IMAGE, 2048)}
        said = fleet.well("interrupt", "blog")
        (taken,) = [each for each in after if each in said]
        fleet.until(
            lambda: len(fleet.serving("blog") - {taken}) == 2,
            "another task takes the place of the interrupted one",
        )
    assert wrong == []
    told = fleet.well("status")
    assert "SpotInterruption" in told
    # One task of two is on Spot, as its base says.
    assert re.search(r"^blog +live +2/2 +0 +1 +2/2", told, re.MULTILINE), told
    fleet.until(lambda: len(fleet.tasks("blog")) == 2, "the tasks of before have ended")


def test_the_walk_of_a_site(fleet: LocalCheckout) -> None:
    """Changed by its admin, off the air, and back after a reboot; another leaves meanwhile."""
    with Browser(fleet, "blog") as admin:
        admin.enter()
        admin.install_theme("walk")
        picture = admin.upload_picture("walk.png")
    fleet.write_sites(
        {**SITES, "blog": on_spot(state="paused"), "news": one("news", state="retired")}
    )
    fleet.well("up", "--skip-preview")
    answer = fleet.get("blog")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    assert "Be right back" in answer.text
    assert not fleet.serving("blog")
    assert "GET blog.localhost" in fleet.well("logs", "blog", "--since", "1h")
    _kill_everything(fleet)
    fleet.write_sites(SITES)
    assert f"{fleet.address('blog')} " in fleet.well("up", "--skip-preview")
    assert "<title>shop" in fleet.get("shop").text
    assert len(fleet.serving("blog")) == 2
    assert "the theme walk" in fleet.get("blog").text
    assert fleet.get("blog", picture).headers["content-type"] == "image/png"
    # Found, and not made anew.
    assert "installing" not in fleet.well("logs", "blog")
    # Out of the file it is gone; its files stay.
    assert fleet.get("news").status_code == httpx.codes.NOT_FOUND
    fleet.until(lambda: not fleet.states("-news-"), "nothing runs of it, and nothing is kept")
    (files,) = Path(fleet.place.room("files")).glob("fs-*/sites/news/wp-content")
    assert list(files.iterdir())


def _kill_everything(fleet: LocalCheckout) -> None:
    """The agent by SIGKILL, then all containers at once, as a reboot does."""
    fleet.kill_agent()
    told = "the agent that keeps the containers has ended; fleet up starts it again"
    assert told in " ".join(fleet.well("status").split())
    assert fleet.get("shop").status_code == httpx.codes.OK
    fleet.kill()


@pytest.mark.parametrize("verb", ["stop", "destroy"])
def test_nothing_is_left(fleet: LocalCheckout, verb: str) -> None:
    """After `stop` nothing but data, after `destroy` nothing but the final snapshot's dump."""
    said = fleet.well(verb, *(["--yes"] if verb == "destroy" else []))
    if verb == "stop":
        assert said == "Stopped; fleet up starts it again.\n"
    kept = [one for one in fleet.leftovers() if verb == "destroy" or "-db-" not in one]
    assert kept == []
    assert fleet.processes() == []
    assert not fleet.is_listening()
    dumps = [gzip.decompress(one.read_bytes()) for one in fleet.place.local.glob("snapshots/*.gz")]
    assert [b"walk.png" in dump for dump in dumps] == ([True] if verb == "destroy" else [])
    # What only the server that it comes from would take.
    assert not any(b"GTID_PURGED" in dump for dump in dumps)
