"""What the fleet's own image takes in `env`: the list that the image checks its environment by.

The list is the image's (container/root/usr/local/share/fleet/settings.json); this package has a
link to it, and a copy once it is installed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import NotRequired, TypedDict

from fleet.problems import Breach
from fleet.site.group import Case
from fleet.wording import did_you_mean, nearest, quoted

LIST = Path(__file__).with_name("image_settings.json")
PREFIX = "FLEET_"
PROXIES = "FLEET_TRUSTED_PROXIES"
CONNECT_SECONDS = "FLEET_DB_CONNECT_SECONDS"
# How long a request may run.
REQUEST_SECONDS = "FLEET_REQUEST_SECONDS"


class Setting(TypedDict):
    """A pattern and what it allows in words, or the bounds of a number and what it counts."""

    default: str | int
    pattern: NotRequired[str]
    allowed: NotRequired[str]
    least: NotRequired[int]
    most: NotRequired[int]
    counts: NotRequired[str]


@cache
def image_settings() -> Mapping[str, Setting]:
    """By name, for example FLEET_PAGE_CACHE."""
    return json.loads(LIST.read_text())


def runs_the_fleets_image(case: Case) -> bool:
    """Whether it is the built-in one; an image of one's own may take other names and values."""
    return case.site.image is None and not (case.settings and case.settings.image)


def image_breaches(case: Case) -> Iterator[Breach]:
    """Names and values that the image would not start with, or would not know."""
    if not runs_the_fleets_image(case):
        return
    for name, value in sorted(case.site.env.items()):
        if name.upper().startswith(PREFIX) or name in image_settings():
            yield from _of(name, value)
    yield from _contradictions(case.site.env)


def _of(name: str, value: str) -> Iterator[Breach]:
    setting = image_settings().get(name)
    if setting is None:
        found = f"found {name}, which the image does not know"
        found += did_you_mean(nearest(name.upper(), image_settings()))
        yield Breach((("env", name),), found, "a name of docs/image.md", "FLEET_PAGE_CACHE: 'off'")
    # An empty value counts as unset, as in the image.
    elif value and not _fits(setting, value):
        example = f"{name}: '{setting['default']}'" if setting["default"] != "" else f"no {name}"
        yield Breach((("env", name),), f"found {quoted(value)}", _allowed(setting), example)


def _contradictions(env: Mapping[str, str]) -> Iterator[Breach]:
    """Values that fit their own rule, and for which the image ends all the same."""
    blocks = env.get(PROXIES, "").split(",")
    for block in filter(None, blocks if _fits(image_settings()[PROXIES], ",".join(blocks)) else ()):
        try:
            ip_network(block, strict=False)
        except ValueError:
            allowed = _allowed(image_settings()[PROXIES])
            yield Breach((("env", PROXIES),), f"found {quoted(block)}", allowed, f"no {PROXIES}")
    waits, ends = (_number(env, name) for name in (CONNECT_SECONDS, REQUEST_SECONDS))
    if waits >= ends:
        blamed = CONNECT_SECONDS if CONNECT_SECONDS in env else REQUEST_SECONDS
        found = f"found {waits} s of waiting for the database in a request of {ends} s"
        allowed = f"{CONNECT_SECONDS} below {REQUEST_SECONDS}"
        yield Breach((("env", blamed),), found, allowed, f"{CONNECT_SECONDS}: '{ends // 2}'")


def _number(env: Mapping[str, str], name: str) -> int:
    setting = image_settings()[name]
    value = env.get(name) or ""
    return int(value if value and _fits(setting, value) else setting["default"])


def _fits(setting: Setting, value: str) -> bool:
    if "pattern" in setting:
        return re.fullmatch(setting["pattern"], value, re.ASCII) is not None
    if not re.fullmatch(r"[0-9]{1,9}", value):
        return False
    return setting.get("least", 0) <= int(value) <= setting.get("most", 0)


def _allowed(setting: Setting) -> str:
    if "allowed" in setting:
        return setting["allowed"]
    return f"{setting.get('least')} to {setting.get('most')} ({setting.get('counts')})"
