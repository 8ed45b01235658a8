"""What a request costs on the shared mount, where each file call takes 0.4 to 0.8 ms."""

import os
import time

import httpx
import pytest

from components.task import CODE, CONTENT_PATH, SITE_CONTENT
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.file_calls import file_calls

WARM_UP = 20
OPCACHE_REVALIDATES = 2.5  # seconds; opcache.revalidate_freq is 2


# As cache plugins have it; what core's own defines is loaded after it.
DROP_IN = "<?php require ABSPATH . WPINC . '/cache.php'; header( 'X-Drop-In: here' );"


@pytest.mark.parametrize("mode", ["uploads", "content"])
def test_warm_uncached_page_makes_no_call(make_site: MakeSite, mode: str) -> None:
    """Without media, with a drop-in. A stock WordPress makes hundreds: docs/benchmarks.md."""
    site = make_site(mode=mode, knobs={"FLEET_PAGE_CACHE": "off", "FLEET_WORKERS": "2"})
    site.init()
    if mode == "content":
        drop_in = site.mount / "object-cache.php"
        drop_in.write_text(DROP_IN)
        # PHP keeps nothing of a file that may still be being written.
        os.utime(drop_in, (time.time() - 60,) * 2)
    replica = site.started()
    if mode == "content":
        # With new code a page is no longer warm.
        known = replica.scratch("cache/code.json")
        wait_until(lambda: '"drop-ins"' in known.read_text(), "the drop-in is part of the code")
    with site.visitor(replica) as visitor:
        for _ in range(WARM_UP):
            assert visitor.get("/").status_code == httpx.codes.OK
        # Longer than PHP would let a file go unseen.
        time.sleep(OPCACHE_REVALIDATES)

        def one_page() -> None:
            answer = visitor.get("/")
            assert answer.status_code == httpx.codes.OK
            assert answer.headers.get("X-Drop-In") == ("here" if mode == "content" else None)

        mounts = [CONTENT_PATH[mode], SITE_CONTENT]
        calls = file_calls(
            replica.container, mounts, site.folder / "trace", one_page, CODE.values()
        )
    assert calls == []
