"""What nginx sends: compressed, under the right type, whole, and nothing that a plugin hides."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.quotas import IDLE_TIMEOUT_SECONDS
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.image import CONTAINER
from tests.runtime.stage.site import Replica, StagedSite

WRITER = """<?php
add_action( 'init', function () {
	if ( isset( $_GET['write'] ) ) {
		$file = WP_CONTENT_DIR . '/uploads/gen/p.css';
		wp_mkdir_p( dirname( $file ) );
		file_put_contents( $file, str_repeat( 'a{}', (int) $_GET['write'] ) );
	}
	if ( isset( $_GET['download'] ) ) {
		// As WooCommerce: the path without the folder that PHP runs in.
		$path = WP_CONTENT_DIR . '/uploads/woocommerce_uploads/' . $_GET['download'];
		$path = trim( preg_replace( '`^' . getcwd() . '`', '', $path ), '/' );
		header( "X-Accel-Redirect: /$path" );
		exit;
	}
	isset( $_GET['inside'] ) && exit( header( 'X-Accel-Redirect: ' . $_GET['inside'] ) );
	isset( $_GET['port'] ) && exit( $_SERVER['SERVER_PORT'] );
	isset( $_POST['many'] ) && exit( (string) count( $_POST['many'] ) );
} );
"""


@pytest.fixture(scope="module")
def replica(shared_site: StagedSite) -> Replica:
    site = shared_site
    (site.mount / "mu-plugins").mkdir()
    (site.mount / "mu-plugins/writer.php").write_text(WRITER)
    return site.replica(FLEET_PAGE_CACHE="off")


@pytest.fixture(scope="module")
def visitor(shared_site: StagedSite, replica: Replica) -> Iterator[Visitor]:
    with shared_site.visitor(replica) as visitor:
        yield visitor


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("encoding", ["gzip", "br"])
@pytest.mark.parametrize("path", ["/", "/wp-includes/css/dist/block-library/style.min.css"])
def test_compressed_behind_a_cdn(visitor: Visitor, path: str, encoding: str) -> None:
    via = {"Via": "1.1 abc.cloudfront.net (CloudFront)", "Accept-Encoding": encoding}
    with visitor.stream("GET", path, headers=via) as answer:
        assert answer.headers["Content-Encoding"] == encoding


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("worker.mjs", "text/javascript"),
        ("app.webmanifest", "application/manifest+json"),
        ("code.wasm", "application/wasm"),
        ("picture.avif", "image/avif"),
        ("picture.jxl", "image/jxl"),
        ("chair.usdz", "model/vnd.usdz+zip"),
        ("fair.ics", "text/calendar"),
        ("app.js.map", "application/json"),
        ("vendor.dist.js", "application/javascript"),
    ],
)
def test_types(
    shared_site: StagedSite, replica: Replica, visitor: Visitor, name: str, kind: str
) -> None:
    put(shared_site.seen(replica, f"plugins/viewer/{name}"), "content")
    answer = visitor.get(f"/wp-content/plugins/viewer/{name}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)


@pytest.mark.parametrize("folder", ["uploads", "plugins/fonts"])
def test_fonts_for_other_origins(
    shared_site: StagedSite, replica: Replica, visitor: Visitor, folder: str
) -> None:
    put(shared_site.seen(replica, f"{folder}/a.woff2"), "font")
    answer = visitor.get(f"/wp-content/{folder}/a.woff2", headers={"Origin": "https://cdn.net"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer.headers["Cache-Control"]


def test_a_rewritten_file_is_whole_at_once(visitor: Visitor) -> None:
    for number, length in enumerate((400, 4000, 40, 40000)):
        assert visitor.get(f"/?write={length}").status_code == 200
        answer = visitor.get(f"/wp-content/uploads/gen/p.css?ver={number}")
        assert answer.text == "a{}" * length


@pytest.mark.parametrize("folder", ["uploads/2026/11", "cache/min", "et-cache"])
def test_a_file_that_another_task_rewrites_is_whole_at_once(
    shared_site: StagedSite, visitor: Visitor, folder: str
) -> None:
    """In place as minifiers do, and by rename as optimisers of pictures do."""
    other = shared_site.mounted() / folder
    for number, length in enumerate((400, 4000, 40, 40000)):
        put(other / "in-place.css", "a{}" * length)
        put(other / "new.jpg", f"{number}" * length)
        (other / "new.jpg").rename(other / "picture.jpg")
        assert visitor.get(f"/wp-content/{folder}/in-place.css?{number}").text == "a{}" * length
        assert visitor.get(f"/wp-content/{folder}/picture.jpg").text == f"{number}" * length


def test_addresses_as_long_as_the_load_balancer_s(visitor: Visitor) -> None:
    address = "/wp-admin/edit.php?" + "&".join(f"post%5B%5D={n:05}" for n in range(800))
    assert len(address) > 12_000
    assert visitor.get(address).status_code == 302  # to the login form
    assert visitor.get("/", headers={"X-Long": "x" * 15_000}).status_code == 200


def test_downloads_that_php_hands_over(shared_site: StagedSite, visitor: Visitor) -> None:
    folder = shared_site.mount / "uploads/woocommerce_uploads"
    put(folder / "book.pdf", "the book")
    assert visitor.get("/?download=book.pdf").text == "the book"
    assert visitor.get("/?inside=/wp-content/uploads/woocommerce_uploads/book.pdf").text == (
        "the book"
    )
    assert visitor.get("/wp-content/uploads/woocommerce_uploads/book.pdf").status_code == 404
    assert visitor.get("/srv/site/wp-content/uploads/x").status_code == 404
    # A name that isn't there is a missing page and no status of ours.
    assert visitor.get("/?inside=/nowhere/").status_code == 404


# What plugins and their manuals write to hide a folder.
CLOSING = {
    "old": "deny from all",
    "ordered": "Order allow,deny\r\nDeny from all\r\n",
    "new": "Require all denied",
    "files": "<Files *>\ndeny from all\n</Files>",
    "match": '<FilesMatch ".*">\nOrder Allow,Deny\nDeny from all\n</FilesMatch>',
    "both": "<IfModule mod_authz_core.c>\nRequire all denied\n</IfModule>\n"
    "<IfModule !mod_authz_core.c>\nDeny from all\n</IfModule>",
    "rewritten": "RewriteEngine On\nRewriteRule .* - [F,L]",
    "redirected": "Redirect 403 /",
    "address": "Require ip 127.0.0.1",
    "password": "AuthType Basic\nRequire valid-user",
    "partly": 'Deny from all\n<FilesMatch ".js$">\nRequire all granted\n</FilesMatch>',
}
# What hides a part, or nothing.
OPEN = {
    "php": "<Files *.php>\ndeny from all\n</Files>",
    "comment": "# deny from all\nOptions -Indexes",
    "hotlinks": "RewriteCond %{HTTP_REFERER} !example.com\nRewriteRule .* - [F]",
    "granted": "Require all granted\nRequire not ip 192.0.2.1",
    "methods": "<LimitExcept GET POST>\ndeny from all\n</LimitExcept>",
}


def test_what_an_htaccess_closes(shared_site: StagedSite, visitor: Visitor) -> None:
    folder = shared_site.mount / "uploads"
    for name, rules in {**CLOSING, **OPEN}.items():
        put(folder / f"ht-{name}/backup.gz", "secret")
        put(folder / f"ht-{name}/script.js", "script")
        put(folder / f"ht-{name}/.htaccess", rules)

    def status(name: str, file: str = "backup.gz", uploads: str = "uploads") -> int:
        return visitor.get(f"/wp-content/{uploads}/ht-{name}/{file}").status_code

    # All are found by one look.
    wait_until(lambda: status("old") == 404, "the folders are closed")
    assert {name: status(name) for name in CLOSING} == dict.fromkeys(CLOSING, 404)
    assert {name: status(name) for name in OPEN} == dict.fromkeys(OPEN, 200)
    assert status("old", uploads="%75ploads") == 404
    assert [status(name, "script.js") for name in ("partly", "match")] == [200, 404]


@pytest.mark.parametrize(
    "path",
    [
        "updraft/backup-db.gz",
        "uploads/wpcf7_uploads/cv.pdf",
        "backup-db/dump.zip",
        "backups-dup-lite/site.zip",
    ],
)
def test_known_folders_are_closed(shared_site: StagedSite, visitor: Visitor, path: str) -> None:
    put(shared_site.mount / path, "secret")
    assert visitor.get(f"/wp-content/{path}").status_code == 404


def test_files_at_the_root(shared_site: StagedSite, visitor: Visitor) -> None:
    root = shared_site.mount / "root-files"
    put(root / "ads.txt", "google.com, pub-1, DIRECT")
    put(root / "google1234.html", "verification")
    put(root / ".well-known/security.txt", "Contact: x")
    put(root / ".well-known/x.php", "<?php echo 'ran';")
    assert visitor.get("/ads.txt").text == "google.com, pub-1, DIRECT"
    assert visitor.get("/google1234.html").text == "verification"
    assert visitor.get("/.well-known/security.txt").text == "Contact: x"
    assert visitor.get("/.well-known/x.php").status_code == 404
    assert visitor.get("/missing.txt").status_code == 404
    assert "Sitemap" in visitor.get("/robots.txt").text


def test_php_sees_the_visitor_s_port(visitor: Visitor) -> None:
    assert visitor.get("/?port").text == "443"


def test_large_forms(visitor: Visitor) -> None:
    assert visitor.post("/", data={f"many[{n}]": "x" for n in range(9000)}).text == "9000"


def test_idle_connections_live_longer_than_the_load_balancer_s() -> None:
    template = (CONTAINER / "root/usr/local/share/fleet/templates/nginx.conf").read_text()
    seconds = int(template.split("keepalive_timeout ")[1].split("s;")[0])
    assert seconds > max(IDLE_TIMEOUT_SECONDS)


def test_passwords_keys_are_not_logged(replica: Replica, visitor: Visitor) -> None:
    key = "Qw3rTzUiOpAsDfGhJkLy"
    address = f"/wp-login.php?action=rp&key={key}&login=admin"
    visitor.get(address)
    visitor.get("/?after-the-key", headers={"Referer": f"https://x.example.com{address}"})
    output = replica.container.output
    wait_until(lambda: "after-the-key" in output(), "the request is logged")
    assert key not in output()


def test_readiness_is_for_those_who_know_the_address(replica: Replica, visitor: Visitor) -> None:
    assert replica.get("/readyz").text == "ok\n"
    assert visitor.get("/readyz").text != "ok\n"


TAXONOMY = """<?php
add_action( 'init', function () {
	register_post_type( 'book', [ 'public' => true, 'has_archive' => true ] );
	register_taxonomy( 'genre', 'book', [ 'public' => true ] );
} );
"""

TERMS = """
INSERT INTO wp_terms VALUES (901, 'news', 'news', 0), (902, 'crime', 'crime', 0);
INSERT INTO wp_term_taxonomy (term_id, taxonomy, description)
VALUES (901, 'post_tag', ''), (902, 'genre', '');
"""


def test_addresses_of_types_from_the_first_start(make_site: MakeSite) -> None:
    """Core's own and those of plugins, from the first start on and after an upgrade."""
    site = make_site(knobs={"FLEET_PAGE_CACHE": "off"})
    put(site.mount / "mu-plugins/books.php", TAXONOMY)
    site.init()
    site.sql(TERMS)
    replica = site.started()
    for _ in range(2):
        with site.visitor(replica) as visitor:
            for path in ("category/uncategorized", "tag/news", "genre/crime", "book"):
                assert visitor.get(f"/{path}/").status_code == 200, path
            led = visitor.get("/?cat=1")
            assert led.headers["Location"] == f"{site.home}/category/uncategorized/"
        site.sql("UPDATE wp_options SET option_value = '51917' WHERE option_name = 'db_version'")
        assert "schema upgraded" in site.init()
