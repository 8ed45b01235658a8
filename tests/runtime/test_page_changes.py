"""A change drops the pages that show it, on every task and soon, and no others."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.runtime.conftest import MakeSite, sites
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.database import Database
from tests.runtime.stage.site import Replica, StagedSite

SECONDS = 5  # within which a change shows
SOON = 20  # the same on a busy machine

# A page that has begun and waits, a plugin that counts visitors, and types of posts.
PROBE = """<?php
add_action( 'wp_footer', function () {
	if ( isset( $_GET['hold'] ) && ! file_exists( '/tmp/was-held' ) ) {
		touch( '/tmp/was-held' );
		touch( '/tmp/held' );
		while ( file_exists( '/tmp/held' ) ) {
			usleep( 50000 );
			clearstatcache();
		}
	}
} );
add_action( 'template_redirect', function () {
	update_option( 'visits', 1 + (int) get_option( 'visits' ) );
	is_singular() && update_post_meta( get_the_ID(), 'views', hrtime( true ) );
} );
add_action( 'init', function () {
	register_post_type( 'event', [ 'public' => true ] );
	register_post_type( 'shop_order', [ 'public' => false ] );
	register_post_status( 'wc-pending', [ 'public' => false ] );
} );
"""


@dataclass
class Fleet:
    site: StagedSite
    tasks: list[Replica]

    def php(self, code: str) -> str:
        """What an import or wp-cli does: WordPress's own functions, on the first task."""
        load = "require '/usr/src/wordpress/wp-load.php'; "
        done = self.tasks[0].container.execute("php", "-r", load + code, HTTP_HOST=self.site.host)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def journal(self) -> list[set[str]]:
        """The tags of each line."""
        path = self.site.files / ".fleet/page-changes"
        return [set(line.split()[1:]) for line in path.read_text().splitlines()]

    def changed(self, code: str) -> list[set[str]]:
        """What the code adds to the journal."""
        before = len(self.journal())
        self.php(code)
        return self.journal()[before:]

    def shows(self, pages: Mapping[str, str], change: Callable[[], object]) -> None:
        """Pages, by path, show these words on both tasks after the change, and not before."""
        with ExitStack() as stack:
            visitors = [stack.enter_context(self.site.visitor(task)) for task in self.tasks]
            asked = [(visitor, *page) for visitor in visitors for page in pages.items()]
            for visitor, path, words in asked:
                assert words not in cached(visitor, path)
            change()
            for visitor, path, words in asked:
                page = lambda v=visitor, p=path, w=words: w in v.get(p).text  # noqa: E731
                wait_until(page, f"{path} shows {words}", SOON)


@pytest.fixture(scope="module")
def fleet(
    image: str, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    with sites(image, database, tmp_path_factory.mktemp("changes")) as make:
        site = make(knobs={"FLEET_DB_CONNECT_SECONDS": "2"})
        (site.mount / "mu-plugins").mkdir()
        (site.mount / "mu-plugins/probe.php").write_text(PROBE)
        fleet = Fleet(site, [site.replica(), site.started()])
        with site.visitor(fleet.tasks[0]) as visitor:
            # The first page of a site's life makes its menu.
            assert visitor.get("/").status_code == 200
        time.sleep(1)
        yield fleet


def cached(visitor: Visitor, path: str) -> str:
    """The page as the cache has it from now on."""
    wait_until(lambda: visitor.get(path).headers["X-Cache"] == "HIT", f"{path} is kept")
    return visitor.get(path).text


def post(title: str, status: str = "publish", kind: str = "post") -> str:
    """PHP that makes one and prints its number."""
    fields = f"'post_title' => '{title}', 'post_status' => '{status}', 'post_type' => '{kind}'"
    return f"echo wp_insert_post( [ {fields}, 'post_content' => 'Text of {title}.' ] );"


def edit(number: str, fields: str) -> str:
    return f"wp_update_post( [ 'ID' => {number}, {fields} ] );"


def test_an_edit_drops_what_shows_it(fleet: Fleet) -> None:
    number = fleet.php(post("edited"))
    with fleet.site.visitor(fleet.tasks[1]) as visitor:
        cached(visitor, "/sample-page/")
        cached(visitor, "/")
        fleet.shows(
            {"/edited/": "Other words", "/feed/": "Other words"},
            lambda: fleet.php(edit(number, "'post_content' => 'Other words.'")),
        )
        untouched = visitor.get("/sample-page/")
        assert untouched.headers["X-Cache"] == "HIT"
        assert not {"Fleet-Tag", "Fleet-Begun"} & set(untouched.headers)


def test_a_new_post_is_listed(fleet: Fleet) -> None:
    fleet.shows(
        {"/": "brand-new", "/category/uncategorized/": "brand-new", "/brand-new/": "Text of"},
        lambda: fleet.php(post("brand-new")),
    )


def test_what_the_editor_saves(fleet: Fleet) -> None:
    """By REST, on one task, as the block editor does."""
    number = fleet.php(post("by-rest"))
    with fleet.site.visitor(fleet.tasks[0]) as admin:
        admin.log_in()
        nonce = admin.get("/wp-admin/admin-ajax.php?action=rest-nonce").text

        def save() -> None:
            answer = admin.post(
                f"/wp-json/wp/v2/posts/{number}",
                json={"title": "Saved title"},
                headers={"X-WP-Nonce": nonce},
            )
            assert answer.status_code == 200

        fleet.shows({"/by-rest/": "Saved title", "/": "Saved title"}, save)
        fleet.shows(
            {"/sample-page/": "Another tagline"},
            lambda: fleet.php("update_option( 'blogname', 'Another tagline' );"),
        )


def test_a_page_begun_before_the_change_and_kept_after_it(fleet: Fleet) -> None:
    number = fleet.php(post("raced"))
    held = fleet.tasks[1].scratch("tmp/held")
    with fleet.site.visitor(fleet.tasks[1]) as visitor, ThreadPoolExecutor(1) as pool:
        page = pool.submit(visitor.get, "/raced/?hold")
        wait_until(held.exists, "the page has begun")
        fleet.php(edit(number, "'post_content' => 'Other words.'"))
        time.sleep(SECONDS)
        held.unlink()
        assert "Text of raced" in page.result().text
    with fleet.site.visitor(fleet.tasks[1]) as visitor:
        wait_until(lambda: "Other words" in visitor.get("/raced/?hold").text, "the new text", SOON)


def test_a_dropped_page_outlives_the_database(fleet: Fleet) -> None:
    with fleet.site.visitor(fleet.tasks[0]) as visitor:
        page = cached(visitor, "/sample-page/")
        fleet.site.database.lock_out(fleet.site.schema)
        try:
            done = fleet.tasks[0].container.execute("wp", "fleet", "page-cache", "drop")
            assert done.returncode == 0, done.stderr
            time.sleep(SECONDS)
            answer = visitor.get("/sample-page/")
        finally:
            fleet.site.database.let_in(fleet.site.schema)
    assert (answer.status_code, answer.headers["X-Cache"]) == (200, "STALE")
    assert answer.text == page


def test_a_file_that_vanished_is_a_miss(fleet: Fleet) -> None:
    with fleet.site.visitor(fleet.tasks[0]) as visitor:
        cached(visitor, "/sample-page/")
        for path in fleet.tasks[0].scratch("cache/pages").rglob("*"):
            path.is_file() and path.unlink()
        answer = visitor.get("/sample-page/")
        assert (answer.status_code, answer.headers["X-Cache"]) == (200, "MISS")


def test_without_a_site_s_own_code(make_site: MakeSite) -> None:
    site = make_site(mode="uploads")
    fleet = Fleet(site, [site.replica(), site.started()])
    fleet.shows({"/": "brand-new"}, lambda: fleet.php(post("brand-new")))


A_POST = {"list-post", "list-category", "list-post_tag", "missing", "search"}
NEW = "'post_title' => 'New', 'post_content' => 'Text.', 'post_status' => "
# What nobody sees.
SILENT = {
    "a draft": post("draft", "draft"),
    "an autosave": "wp_create_post_autosave( [ 'post_ID' => 1, 'post_content' => 'A' ] );",
    "a revision": "wp_save_post_revision( 1 );",
    "an order": post("order", "wc-pending", "shop_order"),
    "a transient": "set_transient( 't', 1 ); set_site_transient( 't', 1, 60 );",
    "an event": "wp_schedule_single_event( time() + 99, 'nothing' );",
    "a comment that waits": "wp_insert_comment( [ 'comment_post_ID' => 1, 'comment_content' => 'C',"
    " 'comment_approved' => 0 ] );",
}


def test_what_touches_no_page(fleet: Fleet) -> None:
    admin = "require_once ABSPATH . 'wp-admin/includes/post.php'; wp_set_current_user( 1 );"
    assert fleet.changed(admin + "".join(SILENT.values())) == []


def test_visitors_that_a_plugin_counts(fleet: Fleet) -> None:
    before = fleet.journal()
    with fleet.site.visitor(fleet.tasks[0]) as visitor:
        for number in range(3):
            assert visitor.get(f"/sample-page/?visit={number}").status_code == 200
    assert fleet.journal() == before


def test_an_import_of_many_posts(fleet: Fleet) -> None:
    """The cache is told now and then, in a line; and what the posts aren't on stays."""
    with fleet.site.visitor(fleet.tasks[1]) as visitor:
        cached(visitor, "/sample-page/")
        begun = time.monotonic()
        lines = fleet.changed(
            f"for ( $n = 0; $n < 300; $n++ ) {{ wp_insert_post( [ {NEW}'publish' ] ); }}"
        )
        assert len(lines) <= (time.monotonic() - begun) / 2 + 1
        assert "all" not in set.union(*lines)
        wait_until(lambda: "New" in visitor.get("/").text, "the posts are listed", SOON)
        assert visitor.get("/sample-page/").headers["X-Cache"] == "HIT"


CHANGES = {
    "a published post": (post("listed"), A_POST),
    "a scheduled one that is out": (
        f"$id = wp_insert_post( [ {NEW}'future', 'post_date' => '2099-01-01 00:00:00' ] );"
        "wp_publish_post( $id );",
        A_POST,
    ),
    "one that goes": ("wp_delete_post( 1, false );", A_POST | {"post-1"}),
    "one that comes back": ("wp_untrash_post( 1 ); wp_publish_post( 1 );", A_POST | {"post-1"}),
    "a type of its own": (
        f"wp_insert_post( [ {NEW}'publish', 'post_type' => 'event' ] );",
        {"list-event", "missing"},
    ),
    "a template of the theme": (
        f"wp_insert_post( [ {NEW}'publish', 'post_type' => 'wp_template' ] );",
        {"list-wp_template"},
    ),
    "an item of a menu": (
        "wp_update_nav_menu_item( wp_create_nav_menu( 'M' ), 0, [ 'menu-item-title' => 'I',"
        " 'menu-item-url' => '/', 'menu-item-status' => 'publish' ] );",
        {"list-nav_menu_item", "list-nav_menu"},
    ),
    "the stock of a shop": (
        "global $wpdb; $wpdb->update( $wpdb->postmeta, [ 'meta_value' => '3' ],"
        " [ 'post_id' => 2 ] ); clean_post_cache( 2 );",
        {"post-2"},
    ),
    "a category": ("wp_update_term( 1, 'category', [ 'name' => 'N' ] );", {"term-1"}),
    "the category of a post": (
        "wp_set_post_categories( 1, [ wp_insert_term( 'Other', 'category' )['term_id'] ] );",
        A_POST | {"post-1"},
    ),
    "a user": ("wp_update_user( [ 'ID' => 1, 'display_name' => 'N' ] );", {"user-1"}),
    "a comment": (
        "wp_insert_comment( [ 'comment_post_ID' => 1, 'comment_content' => 'C',"
        " 'comment_approved' => 1 ] );",
        {"post-1", "list-comment"},
    ),
    "a sticky post": ("stick_post( 1 );", {"list-post"}),
    "a widget": ("update_option( 'widget_text', [ 2 => [ 'text' => 'T' ] ] );", {"all"}),
    "a field of a post": ("update_post_meta( 1, 'price', '3' );", {"post-1"}),
    "another theme": ("switch_theme( 'twentytwentyfour' );", {"all"}),
    "a plugin": (
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        " activate_plugin( 'akismet/akismet.php', '', false, false );",
        {"all"},
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_change_touches(fleet: Fleet, what: str) -> None:
    code, expected = CHANGES[what]
    (tags,) = fleet.changed(code)
    assert tags >= expected
    # Never more than it must: the whole site, or the lists of a post that is in them already.
    assert "all" in expected or "all" not in tags
    assert "list-post" in expected or "list-post" not in tags
