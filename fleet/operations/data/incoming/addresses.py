"""The addresses under which a site from elsewhere was known: what a load replaces in its tables."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# As the image takes them (container/root/usr/local/share/fleet/data/manifest.php).
_HOST = re.compile(r"[a-z0-9.-]{1,253}")
_FOLDER = re.compile(r"(?:/[A-Za-z0-9._~-]{1,100}){1,8}")


def hosts_of(*addresses: str) -> tuple[str, ...]:
    """The hosts of `home` and `siteurl`, each with its twin: links in posts have both spellings.

    `https://www.old.example/blog` → `www.old.example`, `old.example`.
    """
    found = dict[str, None]()
    for address in addresses:
        host = urlsplit(address).hostname or ""
        if _HOST.fullmatch(host):
            is_name = "." in host and not host.replace(".", "").isdigit()
            twin = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
            found |= dict.fromkeys([host, twin] if is_name else [host])
    return tuple(found)


def folder_of(address: str) -> str:
    """`https://old.example/blog/` → `/blog`; nothing where WordPress was at the top."""
    path = urlsplit(address).path.rstrip("/")
    return path if _FOLDER.fullmatch(path) else ""


def folders_of(*addresses: str) -> tuple[str, ...]:
    """Hosts with the folders in which WordPress lay there: here it is at the top.

    `https://old.example/blog` → `old.example/blog`, `www.old.example/blog`.
    """
    found = [
        f"{host}{folder_of(address)}"
        for address in addresses
        if folder_of(address)
        for host in hosts_of(address)
    ]
    return tuple(dict.fromkeys(found))
