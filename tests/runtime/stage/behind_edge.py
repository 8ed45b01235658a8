"""A site of the image behind a distribution of the program, and AWS's API beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.program.fleets import Programs, site
from tests.runtime.stage.aws import StandIn, stand_in
from tests.runtime.stage.edge import Edge, edge
from tests.runtime.stage.site import Replica, StagedSite

EDGE: dict[str, Any] = {"certificateArn": "", "zones": ["example.com"], "edge": "cloudfront"}
ID = "E1EXAMPLE"
KNOBS = {
    "FLEET_EDGE_DISTRIBUTION": ID,
    "FLEET_EDGE_SECONDS": "86400",
    "FLEET_EDGE_TAGS": "10",
    "FLEET_EDGE_PURGE_SECONDS": "6",
    "FLEET_DB_CONNECT_SECONDS": "2",
}
# A page that tells who sees it; plugins that say that anything may be kept, and that set cookies.
PROBE = """<?php
add_action( 'template_redirect', function () {
	isset( $_GET['cookie'] ) && setcookie( 'session', 'of-one-visitor' );
	isset( $_GET['broken'] ) && status_header( 500 );
	isset( $_GET['constant'] ) && define( 'DONOTCACHEPAGE', true );
	isset( $_GET['late'] ) && header( 'Cache-Control: private' );
	isset( $_GET['keep'] ) && header( 'Cache-Control: public, max-age=600' );
}, 5 );
add_action( 'wp_footer', function () {
	echo 'made ', hrtime( true ), ' user ', get_current_user_id();
	echo ' address ', $_SERVER['REMOTE_ADDR'];
	echo ' cookies ', implode( ',', array_keys( $_COOKIE ) ), '.';
} );
"""


@dataclass
class Stage:
    site: StagedSite
    replica: Replica
    edge: Edge
    aws: StandIn

    def visitor(self, **headers: str) -> httpx.Client:
        return httpx.Client(
            base_url=self.site.home, transport=self.edge, headers=headers, timeout=120
        )

    def get(self, path: str, **headers: str) -> httpx.Response:
        with self.visitor(**headers) as visitor:
            return visitor.get(path)


@contextmanager
def behind_edge(staged: StagedSite, folder: Path) -> Iterator[Stage]:
    """Starts a task of the site and what stands before it."""
    program = Programs(folder).run({"blog": site("blog")}, EDGE)
    policy = program.named("cloudfront:ResponseHeadersPolicy", "base-edge").inputs
    removed = [each["header"] for each in policy["removeHeadersConfig"]["items"]]
    code = program.named("cloudfront:Function", "base-edge").inputs["code"]
    distribution = program.named("cloudfront:Distribution", "blog").inputs
    staged.init()
    (staged.mount / "mu-plugins/probe.php").write_text(PROBE)
    with stand_in() as aws:
        replica = staged.started(**KNOBS, **aws.environment)
        with edge(distribution, code, removed, replica.address, folder / "cache") as before:
            yield Stage(staged, replica, before, aws)
