"""A site's mails as a page for a browser, such as those that an environment caught."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from fleet.cli.times import second
from fleet.operations.live.mail import MailEvent

# Visitors choose what stands in a mail: all of it is text, and the page may load nothing.
_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Mails of {site}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body {{ font: 1rem/1.5 system-ui; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }}
article {{ border-top: 1px solid #999; padding: 1rem 0 }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere }}
</style></head>
<body><h1>Mails of {site}</h1>
{mails}
</body></html>
"""
_MAIL = """\
<article><h2>{subject}</h2>
<p>{time}: {what} from {sender} to {to}{error}</p>
<pre>{text}</pre></article>"""


def mail_page(site: str, events: Iterable[MailEvent]) -> str:
    """The whole page, the latest mail first."""
    latest_first = sorted(events, key=lambda event: event.time, reverse=True)
    mails = "\n".join(map(_mail, latest_first)) or "<p>There are none.</p>"
    return _PAGE.format(site=escape(site), mails=mails)


def _mail(event: MailEvent) -> str:
    facts = {
        "subject": event.subject or "(its subject is not in the log)",
        "time": second(event.time),
        "what": event.what,
        "sender": event.sender,
        "to": ", ".join(event.to),
        "error": f": {event.error}" if event.error else "",
        "text": event.text,
    }
    return _MAIL.format(**{name: escape(fact) for name, fact in facts.items()})
