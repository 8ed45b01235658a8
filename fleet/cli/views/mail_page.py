"""A site's mails as a page for a browser, such as those that an environment caught.

Visitors choose what stands in a mail. The page may load nothing and run nothing: a mail's HTML is
a frame of its own without any permission, under the page's policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from html import escape

from fleet.cli.page_server import Loopback
from fleet.cli.screen import OUT
from fleet.cli.times import second
from fleet.operations.live.mail import MailEvent

# Browsers lead every name below localhost to this machine.
HOST = "mail.localhost"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'"
_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<style>
body {{ font: 1rem/1.5 system-ui; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }}
article {{ border-top: 1px solid #999; padding: 1rem 0 }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere }}
iframe {{ width: 100%; height: 30rem; border: 1px solid #999; background: white; color: black }}
</style></head>
<body><h1>{title}</h1>
{body}
</body></html>
"""
_MAIL = """\
<article><h2>{subject}</h2>
<p>{time}: {what} from {sender} to {to}{error}</p>
{shown}</article>"""
_FRAME = """\
<iframe sandbox srcdoc="{html}" title="the mail as HTML"></iframe>
<details><summary>as text</summary>{text}</details>"""


def mail_page(site: str, events: Iterable[MailEvent]) -> str:
    """The whole page, the latest mail first."""
    latest_first = sorted(events, key=lambda event: event.time, reverse=True)
    return _page(f"Mails of {site}", map(_mail, latest_first))


def serve_mails(site: str, read: Callable[[], Iterable[MailEvent]]) -> None:
    """Serves the page on this machine, read anew at each look, until Ctrl-C."""
    server = Loopback(
        0, HOST, lambda path: mail_page(site, read()) if path == "/" else None, POLICY
    )
    OUT.print(f"{server.url}/ until Ctrl-C", soft_wrap=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()


def sites_page(sites: Iterable[str]) -> str:
    """Links to the pages of sites."""
    names = map(escape, sorted(sites))
    return _page("Mails", (f'<p><a href="/{name}">{name}</a></p>' for name in names))


def _page(title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts) or "<p>There are none.</p>"
    return _PAGE.format(title=escape(title), policy=POLICY, body=body)


def _mail(event: MailEvent) -> str:
    facts = {
        "subject": event.subject or "(its subject is not in the log)",
        "time": second(event.time),
        "what": event.what,
        "sender": event.sender,
        "to": ", ".join(event.to),
        "error": f": {event.error}" if event.error else "",
    }
    shown = f"<pre>{escape(event.text)}</pre>" if event.text else ""
    if event.html:
        shown = _FRAME.format(html=escape(event.html), text=shown)
    return _MAIL.format(**{name: escape(fact) for name, fact in facts.items()}, shown=shown)
