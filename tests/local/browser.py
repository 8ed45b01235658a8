"""An administrator's browser at a site of the environment `local`."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

from tests.local.checkout import LocalCheckout
from tests.runtime.stage.balancer import Visitor
from tests.runtime.stage.dashboard import zipped
from tests.runtime.test_two_replicas import PIXEL, upload


class Browser(Visitor):
    """At the site's address, which not every system leads to itself."""

    def __init__(self, checkout: LocalCheckout, site: str) -> None:
        self.checkout = checkout
        self.home = checkout.address(site)
        super().__init__(self.home, f"127.0.0.1:{checkout.place.port}")

    def first_password(self) -> tuple[str, str, str]:
        """The dashboard's address, the admin's name and first password, from the file of them."""
        lines = (self.checkout.place.local / "passwords").read_text().splitlines()
        (line,) = [line for line in lines if line.startswith(f"{self.home}/")]
        address, user, password = line.split()
        return address, user, password

    def enter(self) -> None:
        """Logs in with the first password."""
        address, user, password = self.first_password()
        answer = self.log_in(user, password)
        assert answer.status_code == httpx.codes.FOUND, answer.text
        assert answer.headers["location"] == address

    def install_theme(self, name: str) -> None:
        """Uploads a theme whose pages say its name, and switches to it once each task has it."""
        files = {
            f"{name}/style.css": f"/* Theme Name: {name} */",
            f"{name}/index.php": f"<?php wp_head(); echo 'the theme {name}'; wp_footer();",
        }
        form = "/wp-admin/theme-install.php?tab=upload"
        answer = self.post(
            "/wp-admin/update.php?action=upload-theme",
            data={"_wpnonce": self.nonce(form, r'name="_wpnonce" value="(\w+)"')},
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

    def upload_picture(self, name: str) -> str:
        """As the editor does. Returns the path of its address."""
        return urlsplit(upload(self, name, PIXEL)).path
