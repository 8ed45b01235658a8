"""Issue: an empty database and an empty mount."""

from tests.runtime.conftest import MakeSite


def test_front_page_shows_the_title(make_site: MakeSite) -> None:
    site = make_site()
    replica = site.replica()
    page = site.visitor(replica).get("/")
    assert page.status_code == 200
    assert site.site.title in page.text
