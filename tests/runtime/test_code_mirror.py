"""Content mode's local copy of the code."""

import shutil
from pathlib import Path

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import Replica, StagedSite

FAST = {"FLEET_CODE_CHECK_SECONDS": "1", "FLEET_PAGE_CACHE": "off"}

# Loaded on every request without activation. Says where it runs and writes beside itself.
MU_PLUGIN = """<?php
add_action( 'wp_footer', function () {
	echo 'code at ' . __DIR__;
	if ( isset( $_GET['note'] ) ) {
		file_put_contents( WP_PLUGIN_DIR . '/notes/' . $_GET['note'], 'written by a page' );
	}
} );
add_action( 'admin_footer', fn() => print( 'code at ' . __DIR__ ) );
"""


def site_with_plugin(make_site: MakeSite, **knobs: str) -> tuple[StagedSite, Replica]:
    site = make_site(knobs={**FAST, **knobs})
    (site.mount / "mu-plugins").mkdir()
    (site.mount / "mu-plugins/where.php").write_text(MU_PLUGIN)
    (site.mount / "plugins/notes").mkdir(parents=True)
    (site.mount / "plugins/notes/notes.php").write_text("<?php /* Plugin Name: Notes */")
    replica = site.replica()
    wait_until(replica.mirror_is_complete, "the mirror is complete")
    return site, replica


def mirrored(replica: Replica, path: str) -> Path:
    return replica.scratch(f"cache/html/wp-content/{path}")


def test_pages_run_the_copy_and_the_dashboard_the_mount(make_site: MakeSite) -> None:
    site, replica = site_with_plugin(make_site)
    with site.visitor(replica) as visitor:
        assert "code at /var/cache/fleet/html/wp-content/mu-plugins" in visitor.get("/").text
        # Addresses in pages are the site's own, wherever the code came from.
        assert "/var/cache" not in visitor.get("/").text.replace("code at /var/cache", "")
        visitor.log_in()
        assert "code at /var/www/html/wp-content/mu-plugins" in visitor.get("/wp-admin/").text


def test_a_script_of_a_plugin_s_own_loads_its_plugin_once(make_site: MakeSite) -> None:
    """Some plugins have scripts that are asked for by their address and load WordPress."""
    site, replica = site_with_plugin(make_site)
    (site.mount / "mu-plugins/own.php").write_text("<?php require_once __DIR__ . '/own/all.php';")
    (site.mount / "mu-plugins/own").mkdir()
    (site.mount / "mu-plugins/own/all.php").write_text("<?php function own() { return 'own'; }")
    (site.mount / "mu-plugins/own/script.php").write_text(
        "<?php require '/usr/src/wordpress/wp-load.php';\n"
        "require_once __DIR__ . '/all.php';\necho own();"
    )
    (site.mount / ".fleet-code").touch()
    wait_until(mirrored(replica, "mu-plugins/own/all.php").exists, "the plugin is in the mirror")
    with site.visitor(replica) as visitor:
        assert visitor.get("/wp-content/mu-plugins/own/script.php").text == "own"


def test_a_theme_that_is_not_in_the_copy_yet_is_no_empty_page(make_site: MakeSite) -> None:
    site, replica = site_with_plugin(make_site, FLEET_CODE_CHECK_SECONDS="30")
    shutil.rmtree(mirrored(replica, "themes/twentytwentyfive"))
    with site.visitor(replica) as visitor:
        answer = visitor.get("/?new-theme")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")


def test_without_the_copy_pages_run_the_mount(make_site: MakeSite) -> None:
    site, replica = site_with_plugin(make_site, FLEET_CODE_MIRROR="on")
    mirrored(replica, ".complete").unlink()
    assert "code at /var/www/html" in site.visitor(replica).get("/").text


def test_mirror_can_be_switched_off(make_site: MakeSite) -> None:
    site = make_site(knobs={"FLEET_CODE_MIRROR": "off"})
    replica = site.replica()
    assert site.visitor(replica).get("/").status_code == 200
    assert not mirrored(replica, "").exists()


def test_what_a_page_writes_beside_code_reaches_the_other_replicas(make_site: MakeSite) -> None:
    site, one = site_with_plugin(make_site)
    other = site.replica()
    site.visitor(one).get("/?note=first.txt")
    note = mirrored(other, "plugins/notes/first.txt")
    wait_until(note.exists, "the note reaches the other replica")
    assert note.read_text() == "written by a page"
    assert (site.mount / "plugins/notes/first.txt").read_text() == "written by a page"


def test_what_goes_from_the_mount_goes_from_the_copy(make_site: MakeSite) -> None:
    site, replica = site_with_plugin(make_site)
    shutil.rmtree(site.mount / "plugins/notes")
    wait_until(lambda: not mirrored(replica, "plugins/notes").exists(), "the folder is gone")


def test_a_lost_copy_never_empties_the_mount(make_site: MakeSite) -> None:
    site, replica = site_with_plugin(make_site, FLEET_CODE_SCAN_SECONDS="30")
    shutil.rmtree(mirrored(replica, "plugins"))
    wait_until(mirrored(replica, "plugins/notes/notes.php").exists, "the copy is whole again")
    assert (site.mount / "plugins/notes/notes.php").exists()


def test_half_a_plugin_is_completed(make_site: MakeSite) -> None:
    """A copy onto the mount that takes a while: the mirror looks again until nothing changes."""
    site, replica = site_with_plugin(make_site)
    slow = site.mount / "plugins/slow/deep"
    slow.mkdir(parents=True)
    wait_until(mirrored(replica, "plugins/slow/deep").exists, "the folder is there")
    (slow / "late.php").write_text("<?php")
    (site.mount / ".fleet-code").touch()
    wait_until(mirrored(replica, "plugins/slow/deep/late.php").exists, "the late file is there")


def test_the_mark_of_a_change_is_there_from_the_start(make_site: MakeSite) -> None:
    """An NFS client would go on for a minute not to see one that another replica makes."""
    site, _ = site_with_plugin(make_site)
    assert (site.mount / ".fleet-code").exists()
