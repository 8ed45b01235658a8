"""Short texts that a person makes up: names, titles, paths."""

from __future__ import annotations

import re
from collections.abc import Callable

NAME = "[a-z](?:-?[a-z0-9])*"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What a URL has before its query, without what must be escaped.
_URL_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")

SITE_NAME_CHARACTERS = 24
# A stack is called ENV-CELL, and its name is part of the cluster's and the log groups'.
STACK_PART_CHARACTERS = 16
TITLE_CHARACTERS = 100
# Before names such as `term_relationships`, of the 64 characters that MySQL takes.
TABLE_PREFIX = "[A-Za-z0-9_]{1,20}"
URL_PATH_CHARACTERS = 1_024  # HealthCheckPath of a target group


def short_name(longest: int) -> Callable[[str], str]:
    """A check for names that go into resource names. It raises ValueError with what is wrong."""

    def check(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"which has {len(text)} characters, {longest} at most")
        if not re.fullmatch(NAME, text):
            raise ValueError("which can't be part of a resource's name")
        return text

    return check


def name_rule(longest: int) -> str:
    """The rule of `short_name`, in words."""
    return (
        f"a letter a-z, then up to {longest - 1} letters, digits and single hyphens inside, "
        "all lower case"
    )


def title(text: str) -> str:
    """Raises ValueError with what is wrong with the title."""
    if not 1 <= len(text) <= TITLE_CHARACTERS:
        raise ValueError(f"which has {len(text)} characters")
    if _CONTROL.search(text):
        raise ValueError("which has a line break or another control character")
    return text


def file_path(text: str) -> str:
    """Raises ValueError for what no file system can have."""
    if "\0" in text:
        raise ValueError("which has a NUL character")
    return text


def url_path(text: str) -> str:
    """Raises ValueError with what is wrong with the path."""
    if not text.startswith("/"):
        raise ValueError("which does not begin with /")
    if len(text) > URL_PATH_CHARACTERS or not _URL_PATH.fullmatch(text):
        raise ValueError("which is no path of a URL")
    return text


def table_prefix(text: str) -> str:
    """Raises ValueError with what is wrong with the prefix."""
    if not re.fullmatch(TABLE_PREFIX, text):
        raise ValueError("which WordPress does not take before the names of its tables")
    return text
