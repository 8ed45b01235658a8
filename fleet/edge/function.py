"""The function that CloudFront runs for each request of a site.

What of a request makes its page a visitor's own is written once, in the image's page-cache rules:
nginx's configuration is made of them, and this function.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
_XMLRPC = r"^\/+xmlrpc\.php(?:\/|$)|"


@cache
def page_cache_rules() -> Mapping[str, Sequence[str]]:
    """The image's `cookies`, `paths`, `parameters` and `advertising`; `*` ends the beginning of a
    name.

    This package has a link to them, and a copy once it is installed.
    """
    return json.loads((HERE / "page_cache_rules.json").read_text())


def viewer_request(cookies: Iterable[str] = (), *, xmlrpc: bool = False, pages: bool = True) -> str:
    """The function's source, at most 10 KB.

    `cookies`: beginnings of more names whose visitors get own pages. `pages`: whether any are kept.
    """
    rules = page_cache_rules()
    fillings = {
        "cookies": _names([*rules["cookies"], *cookies], ""),
        "paths": _names(rules["paths"], ""),
        "parameters": _names(rules["parameters"], ""),
        "advertising": _names(rules["advertising"], ".*"),
        "pages": str(pages).lower(),
        "refused": "" if xmlrpc else _XMLRPC,
    }
    source = (HERE / "viewer_request.js").read_text()
    return re.sub(r"@(\w+)@", lambda found: fillings[found[1]], source)


def _names(names: Iterable[str], rest: str) -> str:
    """An expression for any of the names, as JavaScript has it."""
    return "|".join(
        re.escape(name).replace(r"\*", rest).replace("/", r"\/").replace(r"\-", "-")
        for name in names
    )
