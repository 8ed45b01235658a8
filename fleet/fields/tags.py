"""The rules that AWS has for tags, and the keys that the fleet sets itself."""

from __future__ import annotations

import re

from fleet.quotas import TAG_KEY_CHARACTERS, TAG_VALUE_CHARACTERS, TAGS_A_RESOURCE

RESERVED_KEYS = frozenset({"Project", "Environment", "Cell", "Site", "Name"})
FREE_TAGS = TAGS_A_RESOURCE - len(RESERVED_KEYS)

_CHARACTERS = "letters, digits, spaces and _ . : / = + - @"
TAG_KEY_RULE = (
    f"1 to {TAG_KEY_CHARACTERS} {_CHARACTERS}, but not aws: in front and none of "
    f"{', '.join(sorted(RESERVED_KEYS))}"
)
TAG_VALUE_RULE = f"up to {TAG_VALUE_CHARACTERS} {_CHARACTERS}"
TAG_RULE = f"a map of up to {FREE_TAGS} keys to text"

# "Letters, numbers and spaces representable in UTF-8, and _ . : / = + - @".
_ALLOWED = re.compile(r"[\w .:/=+\-@]*")


def tag_key(text: str) -> str:
    """Raises ValueError with what is wrong with the key."""
    if text in RESERVED_KEYS:
        raise ValueError("which the fleet sets itself")
    if text.lower().startswith("aws:"):
        raise ValueError("with the prefix that AWS keeps for itself")
    if not 1 <= len(text) <= TAG_KEY_CHARACTERS:
        raise ValueError(f"which has {len(text)} characters, 1 to {TAG_KEY_CHARACTERS} can be")
    return _characters(text)


def tag_value(text: str) -> str:
    """Raises ValueError with what is wrong with the value."""
    if len(text) > TAG_VALUE_CHARACTERS:
        raise ValueError(f"which has {len(text)} characters, {TAG_VALUE_CHARACTERS} at most")
    return _characters(text)


def _characters(text: str) -> str:
    end = _ALLOWED.match(text)
    if end is not None and end.end() < len(text):
        raise ValueError(f"which has the character {text[end.end()]!r}")
    return text
