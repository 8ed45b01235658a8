"""What a request costs on the shared mount, where each file call takes 0.4 to 0.8 ms."""

import httpx
import pytest

from components.task import CONTENT_PATH
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.file_calls import file_calls

WARM_UP = 20


@pytest.mark.parametrize(("mode", "most"), [("uploads", 0), ("content", 10)])
def test_warm_uncached_page(make_site: MakeSite, mode: str, most: int) -> None:
    """Without media. A stock WordPress makes hundreds: docs/benchmarks.md."""
    site = make_site(mode=mode, knobs={"FLEET_PAGE_CACHE": "off", "FLEET_WORKERS": "2"})
    replica = site.replica()
    if mode == "content":
        wait_until(replica.mirror_is_complete, "the mirror is complete")
    with site.visitor(replica) as visitor:
        for _ in range(WARM_UP):
            assert visitor.get("/").status_code == httpx.codes.OK

        def one_page() -> None:
            assert visitor.get("/").status_code == httpx.codes.OK

        calls = file_calls(replica.container, CONTENT_PATH[mode], site.folder / "trace", one_page)
    assert len(calls) <= most, "\n".join(calls)
