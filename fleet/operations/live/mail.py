"""What became of a site's mails, and whether SES may send them.

    for event in site_mail(declared, "blog", since=timedelta(days=1)):
        print(event.time, event.what, event.to)

The image says what it does with each mail in a line of the site's log, in every environment: where
mails aren't sent, the line has the subject and the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import boto3

from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.live.logs import LogLine, site_log
from fleet.operations.live.mail_account import MailAccount, mail_account
from fleet.settings.mail import mail_domain
from fleet.site.mail import Way, way_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent:
    """What became of one mail: sent, queued, lost, refused or shown.

    `error` is why it wasn't sent; `subject` and `text` are those of one that is only shown.
    """

    time: datetime
    task: str
    what: str
    sender: str
    to: tuple[str, ...]
    recipients: int
    error: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How a site's mails leave it, and what SES says of that.

    `domains`: whether SES has seen the records of each domain.
    """

    way: Way
    account: MailAccount | None = None
    domains: tuple[tuple[str, bool], ...] = ()


def site_mail(
    declared: Declared, site: str, *, since: timedelta, session: boto3.Session | None = None
) -> Iterator[MailEvent]:
    """The events since then in the order of time. Raises FleetError and OperationError."""
    lines = site_log(declared, site, since=since, pattern='{ $.mail = "*" }', session=session)
    return (event for event in map(_event, lines) if event is not None)


def sending(declared: Declared, site: str, *, session: boto3.Session | None = None) -> Sending:
    """Asks SES about the account and the domains. Raises FleetError and OperationError."""
    found, settings = declared.site(site), declared.settings
    way = way_of(found, settings)
    if way != "ses":
        return Sending(way=way)
    home = declared.home(found)
    with told_in_words(home):
        opened: Any = cast("Any", session or open_session(home))
        ses = opened.client("sesv2", config=CONFIG)
        account = mail_account(ses)
        names = [mail_domain(settings, found.cell), found.mail.own_domain]
        domains = tuple((name, _is_verified(ses, name)) for name in names if name)
    return Sending(way=way, account=account, domains=domains)


def _is_verified(ses: Any, domain: str) -> bool:
    try:
        return bool(ses.get_email_identity(EmailIdentity=domain).get("VerifiedForSendingStatus"))
    except ses.exceptions.NotFoundException:
        return False


def _event(line: LogLine) -> MailEvent | None:
    if not line.message.startswith('{"mail":'):
        return None
    try:
        found: dict[str, Any] = json.loads(line.message)
        to = tuple(str(each) for each in found["to"])
    except (ValueError, KeyError, TypeError):
        return None
    return MailEvent(
        time=line.time,
        task=line.task,
        what=str(found["mail"]),
        sender=str(found.get("from", "")),
        to=to,
        recipients=int(found.get("recipients", len(to))),
        error=str(found.get("error", "")),
        subject=str(found.get("subject", "")),
        text=str(found.get("text", "")),
    )
