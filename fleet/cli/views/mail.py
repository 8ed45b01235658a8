"""A site's mails on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.text import Text

from fleet.cli.screen import OUT
from fleet.cli.times import second
from fleet.cli.views.logs import harmless
from fleet.operations.live.mail import MailEvent, Sending

_COLORS = {"sent": "green", "queued": "yellow", "shown": "cyan"}
_WAYS = {
    "ses": "by Amazon SES",
    "smtp": "by the mail server of the site",
    "log": "nowhere: this environment only shows them here",
    "off": "not at all: set `mail` in Pulumi.ENV.yaml, or `mail.smtp` at the site (docs/mail.md)",
}


def print_mail(sending: Sending, events: Iterable[MailEvent], page: str | None = None) -> None:
    """How mails leave, what is in their way, and a line each with the text of those shown.

    `page`: where a browser shows them.
    """
    OUT.print(f"mails go {_WAYS[sending.way]}", soft_wrap=True)
    if page:
        OUT.print(f"in a browser: {page}", soft_wrap=True)
    for line in _obstacles(sending):
        OUT.print(Text(line, "yellow"), soft_wrap=True)
    for event in events:
        OUT.print(_line(event), soft_wrap=True)
        if event.what == "shown":
            OUT.print(Text(_indented(f"{event.subject}\n{event.text}"), "dim"), soft_wrap=True)


def mail_map(sending: Sending, events: Iterable[MailEvent]) -> dict[str, Any]:
    """Both, with their fields."""
    told = [asdict(each) for each in events]
    return {"sending": {**asdict(sending), "domains": dict(sending.domains)}, "mails": told}


def _obstacles(sending: Sending) -> list[str]:
    unverified = [
        f"{domain} isn't verified: SES hasn't seen its records (docs/mail.md)"
        for domain, verified in sending.domains
        if not verified
    ]
    return [*unverified, *(sending.account.obstacles if sending.account else ())]


def _line(event: MailEvent) -> Text:
    more = (
        f" and {event.recipients - len(event.to)} more" if event.recipients > len(event.to) else ""
    )
    why = f": {event.error}" if event.error else ""
    return Text.assemble(
        (f"{second(event.time)} ", "dim"),
        (harmless(event.what), _COLORS.get(event.what, "red")),
        harmless(f" {', '.join(event.to)}{more} from {event.sender}{why}"),
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {harmless(line)}" for line in text.splitlines())
