"""Many heavy requests at once, under the memory limit of a real task."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import Replica, StagedSite

AT_ONCE = 50
# As a report or a large picture: with WordPress itself 124 MB that are really used, for a while.
HEAVY = """<?php
if ( isset( $_GET['megabytes'] ) ) {
	$held = str_repeat( 'x', (int) $_GET['megabytes'] << 20 );
	usleep( 500000 );
}
if ( isset( $_GET['picture'] ) ) {
	exit( (string) Imagick::getResourceLimit( Imagick::RESOURCETYPE_MEMORY ) );
}
if ( isset( $_GET['raise'] ) ) {
	ini_set( 'memory_limit', '-1' );
	$held = str_repeat( 'x', 400 << 20 );
}
"""


def ask(site: StagedSite, replica: Replica, path: str) -> httpx.Response:
    with site.visitor(replica) as visitor:
        return visitor.get(path)


def test_heavy_requests_wait_and_none_is_killed(make_site: MakeSite) -> None:
    site = make_site(size={"cpu": 512, "memory": 1024}, knobs={"FLEET_PAGE_CACHE": "off"})
    site.init()
    (site.mount / "mu-plugins/heavy.php").write_text(HEAVY)
    replica = site.started()
    with ThreadPoolExecutor(AT_ONCE + 10) as pool:
        heavy = [pool.submit(ask, site, replica, f"/?megabytes=116&n={n}") for n in range(AT_ONCE)]
        # Somebody else's, in the midst of them; and health, which may not wait behind them.
        light = [pool.submit(ask, site, replica, f"/?n={n}") for n in range(10)]
        health = [replica.get("/healthz").status_code for _ in range(5)]
        answers = [each.result() for each in (*heavy, *light)]
    assert {answer.status_code for answer in answers} == {200}
    assert health == [200] * 5
    # More than its share ends in words, and takes nobody with it.
    for path in ("/?megabytes=300", "/?raise"):
        refused = ask(site, replica, path)
        assert refused.status_code == 500
        assert "critical error" in refused.text
    wait_until(
        lambda: "Allowed memory size of 134217728" in replica.container.output(), "it is logged"
    )
    assert ask(site, replica, "/").status_code == 200
    # Half of a request's for the library that PHP's limit doesn't reach.
    assert ask(site, replica, "/?picture").text == str(64 << 20)
    assert "SIGKILL" not in replica.container.output()
