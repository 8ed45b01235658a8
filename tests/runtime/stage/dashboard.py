"""What an administrator does with plugins in the dashboard."""

import io
import re
import zipfile
from collections.abc import Mapping

import httpx

from tests.runtime.stage.balancer import Visitor

DONE = re.compile("Plugin (?:installed|updated) successfully")


def zipped(files: Mapping[str, str]) -> bytes:
    blob = io.BytesIO()
    with zipfile.ZipFile(blob, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return blob.getvalue()


def _upload(admin: Visitor, files: Mapping[str, str]) -> str:
    form = "/wp-admin/plugin-install.php?tab=upload"
    nonce = admin.nonce(form, r'name="_wpnonce" value="(\w+)"')
    return admin.post(
        "/wp-admin/update.php?action=upload-plugin",
        data={"_wpnonce": nonce},
        # As people's zips are named; WordPress itself mixes up two of one name at the same moment.
        files={"pluginzip": (f"{next(iter(files)).split('/')[0]}.zip", zipped(files))},
    ).text


def install(admin: Visitor, files: Mapping[str, str]) -> None:
    """Uploads a plugin's zip, whose files are given by their paths in it."""
    page = _upload(admin, files)
    assert DONE.search(page), page[-3000:]


def offered(admin: Visitor, files: Mapping[str, str]) -> str:
    """Uploads another version. Returns the address that puts it in the place of the one there."""
    page = _upload(admin, files)
    found = re.search(r'href="(update\.php\?action=upload-plugin[^"]*overwrite=[^"]*)"', page)
    assert found, page[-3000:]
    return "/wp-admin/" + found[1].replace("&amp;", "&")


def update(admin: Visitor, files: Mapping[str, str]) -> None:
    """Uploads another version and says that it shall replace the one that is there."""
    take(admin, offered(admin, files))


def take(admin: Visitor, address: str) -> None:
    """Says so of a version that was offered at this address."""
    page = admin.get(address).text
    assert DONE.search(page), page[-3000:]


def switch(admin: Visitor, name: str, action: str) -> None:
    """`action`: activate or deactivate."""
    link = rf'href="(plugins\.php\?action={action}[^"]*{name}[^"]*)"'
    address = admin.nonce("/wp-admin/plugins.php", link).replace("&amp;", "&")
    answer = admin.get(f"/wp-admin/{address}")
    assert answer.status_code == httpx.codes.FOUND, answer.text


def plugin(name: str, version: str, code: str = "", more: int = 0) -> dict[str, str]:
    """A plugin that says its version in the footer by a function of its last file.

    `more` files come between: a version that is half there is an error.
    """
    main = (
        f"<?php\n/* Plugin Name: {name}\nVersion: {version} */\n"
        "require __DIR__ . '/last.php';\n"
        f"add_action( 'wp_footer', fn() => print( {name}_{version}() ) );\n{code}"
    )
    last = f"<?php function {name}_{version}() {{ return '{name} version {version} is whole'; }}"
    files = {f"{name}/{name}.php": main}
    files |= {f"{name}/files/{n // 100}/{n}.php": f"<?php // {n}" for n in range(more)}
    return {**files, f"{name}/last.php": last}
