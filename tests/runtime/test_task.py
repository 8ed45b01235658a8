"""fleet-task: a command as the site, one of a kind at a time, with a time limit."""

import hmac
import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from components.task import SITE_CONTENT
from tests.runtime.stage.container import Container, wait_until
from tests.runtime.stage.dashboard import plugin, zipped
from tests.runtime.stage.site import StagedSite

SLEEPER = ("sh", "-c", "echo at work; sleep 300")
WILLING = "trap 'exit 3' TERM; echo at work; sleep 300 & wait"
# What `wp option get blogname` does, on a stage without wp-cli.
TITLE = "require '/usr/src/wordpress/wp-load.php'; echo get_option( 'blogname' ), PHP_EOL;"
# What `wp plugin install` does there.
INSTALL = """
require '/usr/src/wordpress/wp-load.php';
require ABSPATH . 'wp-admin/includes/admin.php';
require ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';
$upgrader = new Plugin_Upgrader( new Automatic_Upgrader_Skin() );
exit( $upgrader->install( '/usr/src/given.zip' ) === true ? 0 : 1 );
"""
# What `wp db export`, `wp db import` and `wp db query` call there, with their words.
WP_DB = """
who="--no-defaults --host=${WORDPRESS_DB_HOST%:*} --port=${WORDPRESS_DB_HOST#*:}"
who="$who --user=$WORDPRESS_DB_USER --default-character-set=utf8mb4"
export=/tmp/export.sql
asked() { mysql $who --password="$WORDPRESS_DB_PASSWORD" --no-auto-rehash \\
  --database="$WORDPRESS_DB_NAME" --execute="$1"; }
set -e
mysqldump $who --password="$WORDPRESS_DB_PASSWORD" --add-drop-table --result-file=$export \\
  "$WORDPRESS_DB_NAME"
asked "UPDATE wp_options SET option_value = 'Lost' WHERE option_name = 'blogname'"
asked "SET autocommit = 0; SET unique_checks = 0; SOURCE $export; COMMIT;"
asked "SELECT option_value FROM wp_options WHERE option_name = 'blogname'"
asked "SHOW STATUS LIKE 'Ssl_cipher'"
"""
STUBBORN = ("sh", "-c", "trap '' TERM; echo at work; while :; do sleep 0.2; done")


@pytest.fixture(scope="module")
def site(shared_site: StagedSite) -> StagedSite:
    """Its database and its files are there, and nothing runs."""
    shared_site.init()
    return shared_site


def task(site: StagedSite, command: tuple[str, ...], *options: str, **values: str) -> Container:
    """One that is at work once a line of its log is `at work`."""
    return site.run("wordpress", ["fleet-task", *options, "--", *command], **values)


def ended(container: Container, patience: float = 60) -> tuple[int, dict[str, Any]]:
    """The exit status, and what the last line says."""
    status = container.wait(patience)
    *_, last = container.output().splitlines()
    assert last.startswith("fleet-task: ended "), container.output()
    return status, json.loads(last.removeprefix("fleet-task: ended "))


def at_work(container: Container) -> Container:
    # A whole line: the words of the command are in the first one, before it has begun.
    wait_until(lambda: "at work" in container.output().splitlines(), "the command is at work", 60)
    return container


def test_a_dump_by_hand_goes_out_and_in_over_tls(site: StagedSite) -> None:
    container = task(site, ("bash", "-c", WP_DB))
    status, _ = ended(container)
    assert status == 0, container.output()
    assert site.title in container.output()
    assert re.search(r"Ssl_cipher\s+TLS", container.output())


def test_a_command_runs_as_the_site_and_its_status_is_passed_on(site: StagedSite) -> None:
    script = f'php -r "{TITLE}"; printf "%s|" "$@"; echo; exit 7'
    words = ("it's", 'a "b"', "$HOME */ ä")
    one = task(site, ("sh", "-c", script, "sh", *words), "--by", "Ann", "--timeout", "50")
    assert ended(one)[0] == 7, one.output()
    begun, *printed, _ = one.output().splitlines()
    assert printed == [site.title, 'it\'s|a "b"|$HOME */ ä|']
    said = json.loads(begun.removeprefix("fleet-task: begun "))
    assert (said["kind"], said["timeout"], said["by"]) == ("run", 50, "Ann")
    assert said["command"].endswith('a "b" $HOME */ ä')


def test_two_of_a_kind_take_turns_and_hear_of_each_other(site: StagedSite) -> None:
    first = at_work(task(site, SLEEPER, "--kind", "turns", "--by", "Ann"))
    refused = task(site, ("true",), "--kind", "turns", "--by", "Bob")
    waiting = task(site, ("echo", "my turn"), "--kind", "turns", "--wait", "60", "--by", "Cy")
    other = task(site, ("echo", "another kind"), "--kind", "job-report")
    status, end = ended(refused)
    assert (status, end["why"]) == (75, "no lock")
    assert "turns: not begun, it is still at work: task " in refused.output()
    assert " of Ann, `sh -c echo at work; sleep 300`, since 20" in refused.output()
    assert ended(other)[0] == 0
    wait_until(lambda: "waiting up to 60 s for task" in waiting.output(), "it waits")
    assert "my turn" not in waiting.output()
    # All sites of a server share its list of names: who could tell this one, could hold it.
    secret = site.task.values("wordpress")["WORDPRESS_DB_PASSWORD"]
    name = hmac.new(secret.encode(), f"{site.schema}/task/turns".encode(), "sha256").hexdigest()
    assert site.sql(f"SELECT IS_USED_LOCK('fleet-{name[:48]}')").isdigit()
    # As a host that is gone: nothing says good-bye.
    first.kill()
    assert ended(waiting)[0] == 0
    assert "my turn" in waiting.output()


def test_the_time_limit_and_a_command_that_ignores_it(site: StagedSite) -> None:
    limited = task(site, SLEEPER, "--kind", "limited", "--timeout", "1")
    stubborn = task(
        site, STUBBORN, "--kind", "stubborn", "--timeout", "1", FLEET_TASK_GRACE_SECONDS="1"
    )
    status, end = ended(limited)
    assert (status, end["status"], end["why"]) == (124, 124, "time limit of 1 s")
    assert ended(stubborn)[0] == 124
    assert "it did not end in 1 s; killing it" in stubborn.output()


def test_told_to_stop_as_before_spot_capacity_goes(site: StagedSite) -> None:
    willing = at_work(task(site, ("sh", "-c", WILLING), "--kind", "willing"))
    stubborn = at_work(task(site, STUBBORN, "--kind", "unwilling", FLEET_TASK_GRACE_SECONDS="1"))
    for one in (willing, stubborn):
        one.signal(signal.SIGTERM)
    assert ended(willing)[0] == 3
    status, end = ended(stubborn)
    assert (status, end["why"]) == (143, "stopped from outside")


def test_what_cannot_run(site: StagedSite) -> None:
    unknown = task(site, ("wpp",), "--kind", "unknown")
    assert (ended(unknown)[0], "the image has no command wpp" in unknown.output()) == (127, True)
    silent = task(site, ("true",), "--kind", "silent")
    assert ended(silent)[0] == 0
    assert len(silent.output().splitlines()) == 2
    odd = task(site, ("true",), "--kind", "No Kind")
    assert (odd.wait(60), "usage: fleet-task" in odd.output()) == (64, True)


def break_lock(site: StagedSite, command: str) -> None:
    """Ends the connection that holds the lock of a task with such a command."""
    listed = "SELECT ID FROM information_schema.processlist"
    (thread,) = site.database.sql(f"{listed} WHERE INFO LIKE 'DO SLEEP%{command}%'").splitlines()
    site.database.sql(f"KILL {thread}")


def test_a_lock_that_is_lost_is_taken_again(site: StagedSite) -> None:
    one = at_work(task(site, ("sh", "-c", "echo at work; sleep 4.25"), "--kind", "lost"))
    break_lock(site, "sleep 4.25")
    assert ended(one)[0] == 0
    assert "the connection that holds the lock broke" in one.output()


def test_a_task_whose_lock_another_took_did_not_do_its_work(site: StagedSite) -> None:
    """Not 75, with which one that never began ends, of whom no alarm tells."""
    one = at_work(task(site, ("sh", "-c", "echo at work; sleep 299"), "--kind", "taken"))
    following = task(site, SLEEPER, "--kind", "taken", "--wait", "60")
    wait_until(lambda: "waiting up to 60 s" in following.output(), "the next one waits")
    break_lock(site, "sleep 299")
    status, end = ended(one)
    assert (status, end["why"]) == (69, "the lock is lost"), one.output()
    following.kill()


def writes(site: StagedSite, script: str, *options: str, files: Any = None) -> Container:
    """A command between the code; "$1" is a script of PHP's."""
    words = ["sh", "-ec", f"cd {SITE_CONTENT}; {script}", "sh", INSTALL]
    # The server takes a moment to miss the last one's lock.
    return site.run("wordpress", ["fleet-task", "--wait", "60", *options, "--", *words], files)


def test_what_a_command_does_to_the_code_is_there_for_the_next_task(
    site: StagedSite, tmp_path: Path
) -> None:
    given = tmp_path / "given.zip"
    given.write_bytes(zipped(plugin("given", "1")))
    beside = "echo beside > plugins/akismet/note.txt; echo '<?php' > mu-plugins/by-hand.php"
    one = writes(site, f'php -r "$1"; {beside}', files={"/usr/src/given.zip": given})
    assert ended(one)[0] == 0, one.output()
    paths = "plugins/given/last.php plugins/akismet/note.txt mu-plugins/by-hand.php"
    later = writes(site, f"ls {paths}; rm -r plugins/given; rm mu-plugins/by-hand.php")
    status, end = ended(later)
    assert (status, end["why"]) == (1, "code is not kept"), later.output()
    assert "plugins/given is gone on this task alone; wp plugin delete" in later.output()
    assert ended(writes(site, "ls plugins/given/last.php; ! ls mu-plugins/by-hand.php"))[0] == 0


def test_a_command_undoes_no_change_that_came_meanwhile(site: StagedSite) -> None:
    waits = "echo at work; until [ -e uploads/go ]; do sleep 0.1; done"
    early = at_work(writes(site, f"echo early > plugins/akismet/early; {waits}", "--kind", "early"))
    late = writes(site, "echo late > plugins/akismet/late; mkdir -p uploads", "--kind", "late")
    assert ended(late)[0] == 0, late.output()
    (site.mount / "uploads/go").touch()
    assert ended(early)[0] == 1
    assert "plugins/akismet was changed by another task meanwhile" in early.output()
    assert ended(writes(site, "ls plugins/akismet/late; ! ls plugins/akismet/early"))[0] == 0
