"""What a request may take, and what it doesn't start."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.site import Replica, StagedSite

LIMIT = 5  # seconds
KNOBS = {
    "FLEET_REQUEST_SECONDS": str(LIMIT),
    "FLEET_DB_CONNECT_SECONDS": "2",
    "FLEET_PAGE_CACHE": "off",
    "FLEET_WORKERS": "2",
}
# Waiting counts: PHP's own limit is about CPU time.
ENDLESS = """<?php
if ( isset( $_GET['endless'] ) ) {
	sleep( 60 );
}
add_action( 'wp_ajax_nopriv_install', function () {
	sleep( 8 );
	exit( 'installed' );
} );
"""


def test_a_request_ends_at_its_limit(make_site: MakeSite) -> None:
    site = make_site(knobs=KNOBS)
    site.init()
    (site.mount / "mu-plugins/endless.php").write_text(ENDLESS)
    replica = site.started()
    with site.visitor(replica) as visitor:
        for _ in range(3):  # more than there are workers
            begun = time.monotonic()
            assert visitor.get("/?endless").status_code in (502, 504)
            assert LIMIT - 1 < time.monotonic() - begun < 45
        assert visitor.get("/").status_code == 200

        def installs(page: str) -> bool:
            """As the dashboard's scripts do on this page of it."""
            answer = visitor.post(
                "/wp-admin/admin-ajax.php",
                data={"action": "install"},
                headers={"Referer": f"{site.home}/wp-admin/{page}"},
            )
            return answer.text == "installed"

        with ThreadPoolExecutor(3) as pool:
            pages = ("plugins.php", "admin.php?page=demo-import", "edit.php")
            assert list(pool.map(installs, pages)) == [True, True, False]


def test_no_page_starts_cron(shared_site: StagedSite, shared_replica: Replica) -> None:
    """Tasks would each run it, and a page of the cache never would."""
    with shared_site.visitor(shared_replica) as visitor:
        for number in range(3):
            assert visitor.get(f"/?cron={number}").status_code == 200
    scheduled = shared_site.sql("SELECT option_value FROM wp_options WHERE option_name = 'cron'")
    assert "wp_version_check" in scheduled
    started = "SELECT COUNT(*) FROM wp_options WHERE option_name = '_transient_doing_cron'"
    assert shared_site.sql(started) == "0"


def test_xmlrpc_is_not_offered(shared_site: StagedSite, shared_replica: Replica) -> None:
    with shared_site.visitor(shared_replica) as visitor:
        page = visitor.get("/")
    assert "xmlrpc" not in page.text
    assert "X-Pingback" not in page.headers
