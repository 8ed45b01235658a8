"""What a copy that `staging` declares has to be: a shop that sells nothing."""

import json
import re

import httpx

from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.people import COUNTS
from tests.runtime.stage.site import StagedSite

OPTIONS = """require '/usr/src/wordpress/wp-load.php';
echo json_encode( array_map( 'get_option', [ 'active_plugins', 'blog_public' ] ) );"""


def is_no_shop(copy: StagedSite) -> None:
    """Nobody finds a copy, takes money by it or mistakes it for the shop."""
    container = copy.run("wordpress", ["php", "-r", OPTIONS])
    assert container.wait() == 0, container.output()
    assert json.loads(container.output().splitlines()[-1]) == [[COUNTS], "0"]
    with Visitor(copy.home, copy.replica().address) as visitor:
        page = visitor.get("/")
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "name='robots' content='noindex" in page.text
        there = visitor.get("/wp-content/uploads/2026/not here.png?v=2")
        assert there.status_code == httpx.codes.FOUND
        address = "https://shop.example.com/wp-content/uploads/2026/not%20here.png?v=2"
        assert there.headers["Location"] == address
        hidden = visitor.get("/wp-content/uploads/wc-logs/a.log")
        assert hidden.status_code == httpx.codes.NOT_FOUND
        visitor.log_in()
        assert re.search(r"STAGING of shop, \d+ \w+ old", visitor.get("/wp-admin/").text)
