"""What a request costs on the shared mount, where each file call takes 0.4 to 0.8 ms."""

import httpx
import pytest

from components.task import CODE, CONTENT_PATH, SITE_CONTENT
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.file_calls import file_calls

WARM_UP = 20


@pytest.mark.parametrize("mode", ["uploads", "content"])
def test_warm_uncached_page_makes_no_call(make_site: MakeSite, mode: str) -> None:
    """Without media. A stock WordPress makes hundreds: docs/benchmarks.md."""
    site = make_site(mode=mode, knobs={"FLEET_PAGE_CACHE": "off", "FLEET_WORKERS": "2"})
    replica = site.replica()
    with site.visitor(replica) as visitor:
        for _ in range(WARM_UP):
            assert visitor.get("/").status_code == httpx.codes.OK

        def one_page() -> None:
            assert visitor.get("/").status_code == httpx.codes.OK

        mounts = [CONTENT_PATH[mode], SITE_CONTENT]
        calls = file_calls(
            replica.container, mounts, site.folder / "trace", one_page, CODE.values()
        )
    assert calls == []
