"""An administrator's browser at a site of the environment `local`."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

from tests.local.checkout import LocalCheckout
from tests.runtime.stage.dashboard import zipped

# One transparent pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


class Browser(httpx.Client):
    """At the site's address, which not every system leads to itself."""

    def __init__(self, checkout: LocalCheckout, site: str) -> None:
        self.checkout = checkout
        self.home = checkout.address(site)
        super().__init__(
            base_url=f"http://127.0.0.1:{checkout.place.port}",
            headers={"Host": self.home.removeprefix("http://")},
            timeout=60,
        )

    def password(self) -> tuple[str, str, str]:
        """The dashboard's address, the admin's name and first password, from the file of them."""
        lines = (self.checkout.place.local / "passwords").read_text().splitlines()
        (line,) = [line for line in lines if line.startswith(f"{self.home}/")]
        address, user, password = line.split()
        return address, user, password

    def log_in(self) -> None:
        """With the first password."""
        address, user, password = self.password()
        self.get("/wp-login.php")
        form = {"log": user, "pwd": password, "wp-submit": "Log In", "testcookie": "1"}
        answer = self.post("/wp-login.php", data=form)
        assert answer.status_code == httpx.codes.FOUND, answer.text
        assert answer.headers["location"] == address

    def install_theme(self, name: str) -> None:
        """Uploads a theme whose pages say its name, and switches to it once each task has it."""
        files = {
            f"{name}/style.css": f"/* Theme Name: {name} */",
            f"{name}/index.php": f"<?php wp_head(); echo 'the theme {name}'; wp_footer();",
        }
        page = self.get("/wp-admin/theme-install.php?tab=upload").text
        nonce = re.search(r'name="_wpnonce" value="(\w+)"', page)
        assert nonce, page[:2000]
        answer = self.post(
            "/wp-admin/update.php?action=upload-theme",
            data={"_wpnonce": nonce[1]},
            files={"themezip": (f"{name}.zip", zipped(files))},
        )
        assert "Theme installed successfully" in answer.text, answer.text[-3000:]
        self.checkout.until(lambda: self._switched(name), f"the theme {name} can be chosen")

    def _switched(self, name: str) -> bool:
        page = self.get("/wp-admin/themes.php").text.replace("\\/", "/").replace("\\u0026", "&")
        link = rf"themes\.php\?action=activate&(?:amp;|#038;)?stylesheet={name}[^\"]*?_wpnonce=\w+"
        found = re.search(link, page)
        if found is None:
            return False
        answer = self.get("/wp-admin/" + found[0].replace("&amp;", "&").replace("&#038;", "&"))
        return answer.status_code == httpx.codes.FOUND

    def upload(self, name: str) -> str:
        """Uploads a picture as the editor does. Returns the path of its address."""
        nonce = self.get("/wp-admin/admin-ajax.php?action=rest-nonce").text
        answer = self.post(
            "/wp-json/wp/v2/media",
            content=PNG,
            headers={
                "X-WP-Nonce": nonce,
                "Content-Type": "image/png",
                "Content-Disposition": f'attachment; filename="{name}"',
            },
        )
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return urlsplit(answer.json()["source_url"]).path
