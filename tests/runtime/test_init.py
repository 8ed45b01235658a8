"""fleet-schema and fleet-init: many at once, killed half way, after a core update, a new secret."""

import signal

import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.podman import new_name
from tests.runtime.stage.site import StagedSite, scratch
from tests.runtime.stage.task import MASTER_PASSWORD

WAIT = 4  # seconds
# Holds the installation after the tables and options are there and before it is complete.
HOLD = """
$GLOBALS['wp_filter']['user_register'][10][] = [
    'function' => function () { file_put_contents( '/tmp/held', '' ); sleep( 600 ); },
    'accepted_args' => 1,
];
"""
# Core loads these from the content folder even while it installs.
LOADED_EARLY = ("db.php", "object-cache.php", "advanced-cache.php", "mu-plugins/early.php")


def administrators(site: StagedSite) -> list[str]:
    return site.sql("SELECT user_login FROM wp_users").splitlines()


def test_ten_at_once_make_one_installation(make_site: MakeSite) -> None:
    site = make_site()
    schemas = [site.run("schema") for _ in range(10)]
    assert [run.wait() for run in schemas] == [0] * 10, [run.output() for run in schemas]
    runs = [site.run("init") for _ in range(10)]
    assert [run.wait() for run in runs] == [0] * 10, [run.output() for run in runs]
    outputs = [run.output() for run in runs]
    assert sum("is installed" in output for output in outputs) == 1
    assert sum("taken in from the image" in output for output in outputs) == 1
    assert administrators(site) == ["admin"]
    assert site.sql("SELECT COUNT(*) FROM wp_posts WHERE post_name = 'hello-world'") == "1"


def test_killed_half_way_the_next_run_completes(make_site: MakeSite) -> None:
    site = make_site()
    site.made_schema()
    task = new_name()
    container = site.run("init", task=task, WORDPRESS_CONFIG_EXTRA=HOLD)
    held = scratch(task, "tmp/held")
    wait_until(held.exists, "the installation is half way")
    other = site.run("init")

    def other_waits() -> bool:
        waits = site.sql(
            "SELECT TIME FROM information_schema.processlist WHERE INFO LIKE 'SELECT GET_LOCK%'"
        )
        # Longer than any time-out that a request would set.
        return any(int(seconds) > WAIT for seconds in waits.split())

    wait_until(other_waits, "another task waits for its turn")
    container.signal(signal.SIGKILL)
    container.wait()

    assert other.wait() == 0, other.output()
    output = other.output()
    assert "an installation broke off earlier" in output
    assert "is installed" in output
    assert administrators(site) == ["admin"]
    with site.visitor(site.started()) as visitor:
        assert visitor.log_in().status_code == 302
    assert "fleet_installing" not in site.sql("SHOW TABLES")


def test_killed_while_copying_the_next_run_completes(make_site: MakeSite) -> None:
    site = make_site()
    half = site.mount / ".fleet/items/themes/twentytwentyfive/0123456789abcdef.tar.zst.host1"
    half.parent.mkdir(parents=True)
    half.write_text("the beginning of an archive")
    (site.mount / ".fleet-seeded").write_text("plugins/akismet\n")
    replica = site.replica()
    assert site.seen(replica, "themes/twentytwentyfive/style.css").exists()
    # Its owner deleted this one, so it doesn't come back.
    assert not site.seen(replica, "plugins/akismet").exists()


def test_schema_is_upgraded_after_a_core_update(make_site: MakeSite) -> None:
    site = make_site()
    site.init()
    now = site.sql("SELECT option_value FROM wp_options WHERE option_name = 'db_version'")
    site.sql("UPDATE wp_options SET option_value = '51917' WHERE option_name = 'db_version'")
    assert f"schema upgraded from 51917 to {now}" in site.init()
    assert "upgraded" not in site.init()


def test_an_older_image_leaves_a_newer_schema_alone(make_site: MakeSite) -> None:
    site = make_site()
    site.init()
    site.sql("UPDATE wp_options SET option_value = '99999' WHERE option_name = 'db_version'")
    assert "upgraded" not in site.init()


def test_what_the_mount_holds_never_runs_in_init(make_site: MakeSite) -> None:
    """An administrator of the site may put code there, and a broken plugin stops no upgrade."""
    site = make_site()
    site.init()
    for name in LOADED_EARLY:
        (site.mount / name).write_text("<?php touch( '/tmp/ran' );")
    site.sql("UPDATE wp_options SET option_value = '51917' WHERE option_name = 'db_version'")
    task = new_name()
    assert "schema upgraded" in site.init(task)
    assert not scratch(task, "tmp/ran").exists()


def test_the_master_password_is_where_nothing_of_the_site_s_is(make_site: MakeSite) -> None:
    """The site's own image could read whatever its containers are given."""
    site = make_site(env={"MINE": "1"})
    told = {}
    for name in ("schema", "init", "wordpress"):
        container = site.run(name, ["sh", "-c", "env; cat /proc/mounts"])
        assert container.wait() == 0
        told[name] = container.output()
    assert [name for name, text in told.items() if MASTER_PASSWORD in text] == ["schema"]
    assert [name for name, text in told.items() if "MINE=1" in text] == ["init", "wordpress"]
    assert [name for name, text in told.items() if "/var/www/html/wp-content " in text] == [
        "init",
        "wordpress",
    ]
    # And init does all that is left as the site's own user.
    assert f" as {site.schema}\n" in site.init()


def test_a_new_secret_takes_effect(make_site: MakeSite) -> None:
    site = make_site()
    site.init()
    other = {"WORDPRESS_DB_PASSWORD": "another password"}
    assert "has a new password" in site.made_schema(**other)
    assert "done" in site.init(**other)
    # Tasks of before go on, and start again, until the last is gone; however often it is said.
    assert "has a new password" not in site.made_schema(**other)
    assert "done" in site.init()
    assert site.run("schema", ["fleet-schema", "discard"], **other).wait() == 0
    assert site.run("init").wait() == 1
    assert "done" in site.init(**other)


def test_another_table_prefix(make_site: MakeSite) -> None:
    """A dump's: the site comes up with the field, and without it nothing is installed beside."""
    site = make_site(table_prefix="wpx_")
    with site.visitor(site.replica()) as visitor:
        assert f"Title of {site.name}" in visitor.get("/").text
    tables = site.sql("SHOW TABLES")
    assert all(name.startswith("wpx_") for name in tables.split())
    container = site.run("init", WORDPRESS_TABLE_PREFIX="wp_")
    assert container.wait() == 1
    assert "holds a WordPress under the table prefix wpx_ and none under wp_" in container.output()
    assert "`table_prefix: wpx_`" in container.output()
    assert site.sql("SHOW TABLES") == tables


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("wp_import", "holds tables but no installed WordPress"),
        # Core's own tables without its options WordPress takes for a damaged database, and ends.
        ("wp_commentmeta", "half imported"),
    ],
)
def test_a_half_imported_schema_is_not_touched(make_site: MakeSite, table: str, said: str) -> None:
    site = make_site()
    site.made_schema()
    site.sql(f"CREATE TABLE {table} (kept INT)")
    container = site.run("init")
    assert container.wait() == 1
    assert said in container.output()
    assert site.sql("SHOW TABLES") == table


def test_the_dashboard_of_an_older_image_works_on_a_newer_schema(make_site: MakeSite) -> None:
    """As after a deployment that ECS took back."""
    site = make_site()
    replica = site.replica()
    site.sql("UPDATE wp_options SET option_value = '99999' WHERE option_name = 'db_version'")
    with site.visitor(replica) as visitor:
        visitor.log_in()
        assert visitor.get("/wp-admin/index.php").status_code == 200


def test_a_wrong_master_password_is_one_line_without_it(make_site: MakeSite) -> None:
    site = make_site()
    secret = "not-the-password"  # noqa: S105
    container = site.run("schema", FLEET_DB_MASTER_PASSWORD=secret)
    assert container.wait() == 1
    (line,) = [each for each in container.output().splitlines() if "connecting" not in each]
    assert "no connection as master: Access denied" in line
    assert secret not in line
