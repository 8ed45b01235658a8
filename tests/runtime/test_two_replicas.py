"""Two replicas on one mount and one database."""

import httpx
import pytest

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.dashboard import install, plugin, switch
from tests.runtime.stage.site import StagedSite

# The smallest valid PNG.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "6060606000000005000150a0f53a0000000049454e44ae426082"
)
# The tasks look for other code every three seconds.
A_MINUTE = 60


def upload(visitor: Visitor, name: str, blob: bytes) -> str:
    """Uploads a picture through the REST API as the editor does. Returns its address."""
    nonce = visitor.get("/wp-admin/admin-ajax.php?action=rest-nonce").text
    answer = visitor.post(
        "/wp-json/wp/v2/media",
        content=blob,
        headers={
            "X-WP-Nonce": nonce,
            "Content-Type": "image/png",
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return answer.json()["source_url"]


def test_upload_and_login_hold_on_the_other(make_site: MakeSite) -> None:
    site = make_site()
    one, other = site.replica(), site.replica()
    with site.visitor(one) as visitor:
        visitor.log_in()
        address = upload(visitor, "pixel.png", PIXEL)
        visitor.moves_to(other.address)
        assert visitor.get("/wp-admin/").status_code == httpx.codes.OK
        picture = visitor.get(address)
    assert picture.content == PIXEL
    assert picture.headers["Cache-Control"] == "public, max-age=604800"

    one.stop()
    other.stop()
    with site.visitor(site.replica()) as visitor:
        assert visitor.get(address).content == PIXEL
        assert "Hello world!" in visitor.get("/").text


def runs(site: StagedSite, visitor: Visitor, greeting: str) -> None:
    # A query of its own gets past the page cache, which follows some seconds later.
    numbers = iter(range(10_000))
    wait_until(
        lambda: greeting in visitor.get(f"/?fresh={next(numbers)}").text,
        f"{site.name} says {greeting}",
        A_MINUTE,
    )


def test_plugin_installed_on_one_runs_on_the_other(make_site: MakeSite) -> None:
    site = make_site()
    one, other = site.replica(), site.replica()
    with site.visitor(one) as admin, site.visitor(other) as visitor:
        assert "greeter version" not in visitor.get("/").text
        admin.log_in()
        install(admin, plugin("greeter", "one"))
        switch(admin, "greeter", "activate")
        runs(site, visitor, "greeter version one")
        wait_until(lambda: "version one" in visitor.get("/").text, "the cached page", A_MINUTE)

        # Someone updates it by hand, and WordPress's hooks see nothing of it.
        code = site.seen(one, "plugins/greeter/last.php")
        code.with_name("new.php").write_text(code.read_text().replace("is whole", "was mended"))
        code.with_name("new.php").replace(code)
        runs(site, visitor, "version one was mended")

        admin.moves_to(other.address)
        switch(admin, "greeter", "deactivate")
        assert "greeter version" not in visitor.get("/?deactivated").text


def test_plugins_are_refused_with_uploads(make_site: MakeSite) -> None:
    site = make_site(mode="uploads")
    one, other = site.replica(), site.replica()
    with site.visitor(one) as visitor:
        visitor.log_in()
        for path in (
            "/wp-admin/plugin-install.php?tab=upload",
            "/wp-admin/theme-install.php",
            "/wp-admin/update.php?action=upload-plugin",
            "/wp-admin/plugin-editor.php",
            "/wp-admin/update-core.php",
        ):
            # WordPress answers 403 or, in places, 500.
            assert visitor.get(path).is_error, path
            assert "Sorry, you are not allowed" in visitor.get(path).text, path
        address = upload(visitor, "pixel.png", PIXEL)
        visitor.moves_to(other.address)
        assert visitor.get(address).content == PIXEL
    # Media, by year, and our journal: no code came to the mount.
    assert all(path.name.isdigit() or path.name == ".fleet" for path in site.mount.iterdir())


@pytest.mark.parametrize("path", ["/wp-admin/plugin-editor.php", "/wp-admin/theme-editor.php"])
def test_code_is_never_edited_in_the_dashboard(make_site: MakeSite, path: str) -> None:
    site = make_site()
    with site.visitor(site.replica()) as visitor:
        visitor.log_in()
        assert visitor.get(path).status_code == httpx.codes.FORBIDDEN
