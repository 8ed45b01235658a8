"""Host names as a listener rule takes them."""

from __future__ import annotations

import re

import idna

from fleet.fields.spelling import SITE_NAME_CHARACTERS
from fleet.quotas import HOST_HEADER_CHARACTERS

# Letters, digits and inner hyphens; the last label is not a number, or it would be an address.
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_PLAIN = re.compile(rf"(?:\*\.(?={_LABEL}\.))?(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")
# Up to here each number of labels has listener priorities of its own, in fleet/site/placement.py.
WILDCARD_LABELS = 7
_NAME_CHARACTERS = 253  # of any name in DNS


def host_name(text: str) -> str:
    """The host name with its labels in ASCII. Raises ValueError with what is wrong."""
    if len(text) > _NAME_CHARACTERS:
        raise ValueError(f"which has {len(text)} characters, {HOST_HEADER_CHARACTERS} at most")
    host = text if text.isascii() else _ascii(text)
    if len(host) > HOST_HEADER_CHARACTERS:
        raise ValueError(f"which has {len(host)} characters, {HOST_HEADER_CHARACTERS} at most")
    if not _PLAIN.fullmatch(host):
        raise ValueError(_what_is_wrong(host))
    if is_wildcard(host) and host.count(".") + 1 > WILDCARD_LABELS:
        raise ValueError(f"a wildcard of more than {WILDCARD_LABELS} labels")
    if "--" in host:
        _check_labels(host)
    return host


def domain_suffix(text: str) -> str:
    """What follows `SITE.` in a host name, one label or more. Raises ValueError."""
    if is_wildcard(text):
        raise ValueError("which is a wildcard")
    return host_name(f"{'x' * SITE_NAME_CHARACTERS}.{text}").partition(".")[2]


def zone_name(text: str) -> str:
    """The name of a DNS zone. Raises ValueError."""
    if is_wildcard(text):
        raise ValueError("which is a wildcard")
    return host_name(text)


def is_wildcard(host: str) -> bool:
    """Whether the host stands for every name below it."""
    return host.startswith("*.")


def _ascii(text: str) -> str:
    """IDNA 2008, label by label; the star of a wildcard is no label of it."""
    if text != text.lower():
        raise ValueError("which has upper-case letters")
    star, rest = ("*.", text[2:]) if is_wildcard(text) else ("", text)
    try:
        return star + idna.encode(rest).decode()
    except idna.IDNAError as error:
        raise ValueError(f"which is no international name ({error})") from None


def _check_labels(host: str) -> None:
    for label in host.split("."):
        if label[2:4] != "--":
            continue
        try:
            idna.decode(label)
        except idna.IDNAError as error:
            raise ValueError(f"which is no international name ({error})") from None


def _what_is_wrong(host: str) -> str:
    labels = host.split(".")
    if "://" in host or "/" in host:
        return "which is a URL"
    if ":" in host:
        return "which has a port"
    if re.fullmatch(r"[0-9.]+", host):
        return "which is an address"
    if host != host.lower():
        return "which has upper-case letters"
    if "*" in host.removeprefix("*.") or host in ("*", "*."):
        return "which has a star elsewhere than as the first label"
    if is_wildcard(host) and len(labels) < 3:
        return "a wildcard over a whole top-level domain"
    if "" in labels:
        return "which has an empty label"
    if len(labels) < 2:
        return "which has one label"
    if bad := re.search(r"[^a-z0-9.*-]", host):
        return f"which has the character {bad.group()!r}"
    if any(len(label) > 63 for label in labels):
        return "which has a label of more than 63 characters"
    return "which has a label that begins or ends with a hyphen, or a number at its end"
