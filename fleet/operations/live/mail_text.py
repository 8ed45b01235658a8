"""What a person reads of a mail: its text and its HTML, out of what goes over the wire."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes


@dataclass(frozen=True, slots=True)
class MailText:
    """Empty where a mail has none of it."""

    text: str = ""
    html: str = ""


def parts_of(pieces: Sequence[str]) -> MailText:
    """Of a mail in pieces of base64; its end may be missing, as its attachments may."""
    try:
        raw = base64.b64decode("".join(pieces))
    except binascii.Error:
        return MailText()
    found: dict[str, str] = {}
    for part in message_from_bytes(raw).walk():
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and part.get_content_disposition() != "attachment":
            # A plugin chooses the character set, which may be none that there is.
            charset = part.get_content_charset("utf-8")
            found.setdefault(part.get_content_type(), _decoded(data, charset))
    return MailText(found.get("text/plain", ""), found.get("text/html", ""))


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, errors="replace")
    except LookupError:
        return data.decode(errors="replace")
