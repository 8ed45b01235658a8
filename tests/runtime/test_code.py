"""Content mode's code: one path, whole versions, on EFS before the dashboard says so."""

import os
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from components.task import SITE_CONTENT
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.dashboard import install, plugin, switch, update
from tests.runtime.stage.site import Replica, StagedSite

UNCACHED = {"FLEET_PAGE_CACHE": "off"}
EFS = 778  # microseconds a file call takes there
# The tasks look for a generation every three seconds; the rest is for a busy machine.
SOON = 120
# What docs and design promise of a small change (measured: 2 s).
PROMISED = 10

PATHS = """<?php
function tell_paths() {
	echo '[', implode( ' ', [
		__DIR__, realpath( __DIR__ ), WP_CONTENT_DIR, realpath( WP_CONTENT_DIR ),
		str_replace( WP_CONTENT_DIR, content_url(), __DIR__ ), get_template_directory(),
	] ), ']';
}
add_action( 'wp_footer', 'tell_paths' );
add_action( 'admin_footer', 'tell_paths' );
add_action( 'wp_ajax_nopriv_paths', fn() => exit( tell_paths() ) );
add_action( 'rest_api_init', fn() => register_rest_route( 'paths', '/tell', [
	'methods' => 'GET',
	'permission_callback' => '__return_true',
	'callback' => fn() => exit( tell_paths() ),
] ) );
"""


def two(make_site: MakeSite, latency: int = 0) -> tuple[StagedSite, Replica, Replica]:
    site = make_site(knobs=UNCACHED, latency=latency)
    return site, site.replica(), site.started()


def says(visitor: Visitor, words: str) -> bool:
    answer = visitor.get("/")
    assert answer.status_code == 200, answer.text
    return words in answer.text


def test_code_has_one_path_in_every_request(make_site: MakeSite) -> None:
    site = make_site(knobs=UNCACHED)
    (site.mount / "mu-plugins").mkdir()
    (site.mount / "mu-plugins/paths.php").write_text(PATHS)
    replica = site.replica()
    with site.visitor(replica) as visitor:
        pages = [visitor.get(path).text for path in ("/", "/?rest_route=/paths/tell")]
        pages.append(visitor.post("/wp-admin/admin-ajax.php", data={"action": "paths"}).text)
        visitor.log_in()
        pages.append(visitor.get("/wp-admin/").text)
    load = (
        "define( 'WP_USE_THEMES', false ); require '/usr/src/wordpress/wp-load.php'; tell_paths();"
    )
    host = {"HTTP_HOST": site.host}
    pages.append(replica.container.execute("php", "-r", load, **host).stdout)
    found = {re.search(r"\[(/srv.*?)\]", page)[1] for page in pages}  # type: ignore[index]
    code = f"{SITE_CONTENT}/mu-plugins"
    url = f"{site.home}/wp-content/mu-plugins"
    theme = f"{SITE_CONTENT}/themes/twentytwentyfive"
    assert found == {f"{code} {code} {SITE_CONTENT} {SITE_CONTENT} {url} {theme}"}


DROP_IN = {
    "dropin/lib.php": "<?php class Dropin_Helper {}",
    "dropin/db.php": "<?php require_once __DIR__ . '/lib.php'; define( 'DROPPED_IN', __DIR__ );",
    "dropin/dropin.php": """<?php /* Plugin Name: Dropin */
require_once __DIR__ . '/lib.php';
const PLACE = WP_CONTENT_DIR . '/db.php';
register_activation_hook( __FILE__, fn() => symlink( __DIR__ . '/db.php', PLACE ) );
register_deactivation_hook( __FILE__, fn() => unlink( PLACE ) );
add_action( 'wp_footer', fn() => print( defined( 'DROPPED_IN' ) ? 'dropped in' : 'none' ) );
""",
}


def test_a_plugin_with_a_drop_in(make_site: MakeSite) -> None:
    site, one, other = two(make_site)
    with site.visitor(one) as admin, site.visitor(other) as visitor:
        admin.log_in()
        install(admin, DROP_IN)
        switch(admin, "dropin", "activate")
        assert says(admin, "dropped in")
        wait_until(lambda: says(visitor, "dropped in"), "the other task has it", PROMISED)
        for path in ("/feed/", "/wp-json/", "/wp-login.php"):
            assert visitor.get(path).status_code == 200
        switch(admin, "dropin", "deactivate")
        assert says(visitor, "Title of")


def test_a_tenth_of_a_gigabyte_of_code_starts(make_site: MakeSite) -> None:
    """docs/image.md has the seconds of a whole one, `python -m bench.code`."""
    site = make_site(knobs=UNCACHED)
    folder = site.mount / "plugins/heavy"
    folder.mkdir(parents=True)
    for number in range(400):
        (folder / f"{number}.bin").write_bytes(os.urandom(250_000))
    site.init()
    site.latency = EFS
    far = site.mounted()

    replica = site.start(mount=far)
    wait_until(replica.serves, "the replica is healthy")
    assert replica.scratch("plugins/heavy/399.bin").stat().st_size == 250_000


def test_what_the_dashboard_says_is_done_outlives_its_task(make_site: MakeSite) -> None:
    site = make_site(knobs=UNCACHED, latency=EFS)
    one = site.replica()
    with site.visitor(one) as admin:
        admin.log_in()
        install(admin, plugin("durable", "1"))
        switch(admin, "durable", "activate")
    one.container.kill()
    with site.visitor(site.replica()) as visitor:
        assert says(visitor, "durable version 1 is whole")


def test_an_update_is_all_or_nothing_for_every_visitor(make_site: MakeSite) -> None:
    site, one, other = two(make_site, EFS)
    seen: Counter[str] = Counter()
    done = threading.Event()

    def watch(replica: Replica) -> None:
        with site.visitor(replica) as visitor:
            while not done.is_set():
                answer = visitor.get("/")
                found = re.search("shop version . is whole", answer.text)
                seen[f"{answer.status_code} {found and found[0]}"] += 1

    with site.visitor(one) as admin, site.visitor(other) as visitor, ThreadPoolExecutor(2) as pool:
        admin.log_in()
        install(admin, plugin("shop", "1", more=400))
        switch(admin, "shop", "activate")
        wait_until(lambda: says(visitor, "shop version 1"), "the other task has it", SOON)
        watchers = [pool.submit(watch, replica) for replica in (one, other)]
        try:
            update(admin, plugin("shop", "2", more=400))
            wait_until(lambda: says(visitor, "shop version 2"), "the other task has it", SOON)
        finally:
            done.set()
        for watcher in watchers:
            watcher.result()
    assert set(seen) == {f"200 shop version {number} is whole" for number in (1, 2)}, seen


@pytest.mark.timeout(900)
def test_a_plugin_of_a_thousand_files_at_the_latency_of_efs(make_site: MakeSite) -> None:
    site = make_site(knobs=UNCACHED, latency=EFS)
    with site.visitor(site.replica()) as admin:
        admin.timeout = 600
        admin.log_in()
        install(admin, plugin("large", "1", more=1000))
        switch(admin, "large", "activate")
        assert says(admin, "large version 1 is whole")
    # One file on EFS in place of thousands.
    assert len(list((site.files / ".fleet/items/plugins/large").iterdir())) == 1


WRITER = """
add_action( 'template_redirect', function () {
	if ( isset( $_GET['write'] ) ) {
		file_put_contents( __DIR__ . '/note.txt', 'beside the code' );
		mkdir( WP_CONTENT_DIR . '/nobody-heard-of' );
		file_put_contents( WP_CONTENT_DIR . '/nobody-heard-of/note.txt', 'elsewhere' );
	}
} );
"""


# Plugins' own entry points, which look for WordPress above the wp-content that they are in.
DIRECT = {
    f"writer/{name}.php": f"<?php require '../../../{name}.php'; exit( ' core at ' . ABSPATH );"
    for name in ("wp-load", "wp-config", "wp-blog-header")
}


def test_what_pages_write(make_site: MakeSite) -> None:
    site, one, other = two(make_site)
    with site.visitor(one) as visitor:
        visitor.log_in()
        install(visitor, {**plugin("writer", "1", WRITER), **DIRECT})
        for path in DIRECT:
            assert "core at /usr/src" in visitor.get(f"/wp-content/plugins/{path}").text
        switch(visitor, "writer", "activate")
        visitor.get("/?write")
    # At once where all tasks see it.
    assert (site.files / "nobody-heard-of/note.txt").read_text() == "elsewhere"
    note = site.seen(other, "plugins/writer/note.txt")
    wait_until(note.exists, "the note reaches the other task", SOON)
    assert note.read_text() == "beside the code"


def test_two_tasks_at_once_keep_both_changes(make_site: MakeSite) -> None:
    site, one, other = two(make_site, EFS)
    with site.visitor(one) as admin, site.visitor(other) as second, ThreadPoolExecutor(2) as pool:
        for visitor in (admin, second):
            visitor.log_in()
        # WordPress makes the month's folder of uploads, and gives up if another does meanwhile.
        install(admin, plugin("earlier", "1"))
        changes = [
            pool.submit(install, admin, plugin("first", "1", more=50)),
            pool.submit(install, second, plugin("second", "1", more=50)),
        ]
        for change in changes:
            change.result()
    for replica in (one, other):
        for name in ("first", "second"):
            wait_until(site.seen(replica, f"plugins/{name}/last.php").exists, f"{name} is there")


def test_a_version_comes_back_when_wordpress_does_not_load(make_site: MakeSite) -> None:
    site = make_site(knobs=UNCACHED)
    replica = site.replica()
    with site.visitor(replica) as admin:
        admin.log_in()
        install(admin, plugin("careful", "1"))
        switch(admin, "careful", "activate")
        update(admin, plugin("careful", "2", "nobody_defines_this();"))
        assert admin.get("/").status_code == 500
        listed = replica.container.execute("wp", "fleet", "code", "list").stdout
        assert (
            len(re.findall(r"^  [* ] [0-9a-f]{8}", listed.split("plugins/careful")[1], re.M)) == 2
        )
        done = replica.container.execute("wp", "fleet", "code", "revert", "plugins/careful")
        assert done.returncode == 0, done.stderr
        assert says(admin, "careful version 1 is whole")
        # To a version by the beginning of its name.
        known = re.findall(r"^  [* ] ([0-9a-f]{8})", listed.split("plugins/careful")[1], re.M)
        second, first = known[:2]
        for version, status in ((second, 500), (first, 200)):
            words = ("wp", "fleet", "code", "revert", "plugins/careful", version[:6])
            assert replica.container.execute(*words).returncode == 0
            assert admin.get("/").status_code == status
        # All of it, to the generation before: the second version again.
        assert replica.container.execute("wp", "fleet", "code", "revert").returncode == 0
        assert admin.get("/").status_code == 500
    wrong = replica.container.execute("wp", "fleet", "code", "revert", "plugins/nothing")
    assert wrong.returncode == 1
    assert "there is no plugins/nothing; `wp fleet code list` names what there is" in wrong.stderr


def test_a_lost_disk_and_a_broken_change_are_mended(make_site: MakeSite) -> None:
    """Neither becomes a generation: a task's own disk never takes a site's code away."""
    site = make_site(knobs=UNCACHED)
    replica = site.replica()
    main = site.seen(replica, "plugins/akismet/akismet.php")
    whole = main.read_bytes()
    # As a request that was killed while it put another version in place.
    replica.scratch("tmp/fleet/code-pending").write_text("plugins/akismet")
    main.write_text("<?php // half")
    wait_until(lambda: main.exists() and main.read_bytes() == whole, "the plugin is whole again")
    for path in sorted(main.parent.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    main.parent.rmdir()
    wait_until(main.exists, "the plugin is back")


def test_code_that_other_hands_put_on_the_file_system(make_site: MakeSite) -> None:
    """A move from another host, a restored backup: taken in when a task starts."""
    site = make_site(knobs=UNCACHED)
    site.replica()
    (site.mount / "plugins/moved").mkdir()
    (site.mount / "plugins/moved/moved.php").write_text("<?php /* Plugin Name: Moved */")
    replica = site.replica()
    assert site.seen(replica, "plugins/moved/moved.php").exists()
    # And once: what the dashboard does with it later holds.
    assert "taken in" not in site.started().container.output()
