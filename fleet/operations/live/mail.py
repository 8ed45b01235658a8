"""What became of a site's mails, and whether SES may send them.

    for event in site_mail(declared, "blog", since=timedelta(days=1)):
        print(event.time, event.what, event.to)

The image says what it does with each mail in a line of the site's log, in every environment: where
mails aren't sent, the line has the subject and the text's beginning, and lines before it the whole
mail in parts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import boto3

from fleet.operations import simulation
from fleet.operations.declared import Declared
from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.live.logs import LogLine, site_log
from fleet.operations.live.mail_account import MailAccount, mail_account
from fleet.operations.live.mail_text import parts_of
from fleet.settings.mail import mail_domain
from fleet.site.mail import Way, way_of

# CloudWatch's words for the lines that tell of mails; a part is of one that a later line tells of.
PATTERN, PART = '{ $.mail = "*" }', "part"
PART_BEGINS = '{"mail":"part"'


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent:
    """What became of one mail: sent, queued, lost, refused or shown.

    `error` is why it wasn't sent; `subject`, `text` and `html` are those of one that is only shown.
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
    html: str = ""


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
    return mail_events(site_log(declared, site, since=since, pattern=PATTERN, session=session))


def page_address(declared: Declared, site: str) -> str | None:
    """Where the environment itself shows a browser what it caught; None where it doesn't."""
    target = declared.home(declared.site(site))
    return simulation.mails_address(target.folder, site) if target.simulated else None


def mail_events(lines: Iterable[LogLine]) -> Iterator[MailEvent]:
    """What lines of a log say of mails."""
    parts: dict[str, dict[int, str]] = defaultdict(dict)
    for line in lines:
        found = _object(line.message)
        if found.get("mail") == PART:
            parts[str(found.get("id"))][int(found.get("part") or 0)] = str(found.get("data"))
        elif (event := _event(line, found, parts)) is not None:
            yield event


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


def _object(message: str) -> dict[str, Any]:
    """The line's JSON; nothing of a line that has none of a mail's."""
    if not message.startswith('{"mail":'):
        return {}
    try:
        return json.loads(message)
    except ValueError:
        return {}


def _event(
    line: LogLine, found: dict[str, Any], parts: dict[str, dict[int, str]]
) -> MailEvent | None:
    """`parts`: of the mails that lines before this one had; those of this one leave it."""
    try:
        to = tuple(str(each) for each in found["to"])
    except (KeyError, TypeError):
        return None
    own = parts.pop(str(found.get("id")), {})
    whole = parts_of([own[number] for number in sorted(own)])
    return MailEvent(
        time=line.time,
        task=line.task,
        what=str(found.get("mail")),
        sender=str(found.get("from", "")),
        to=to,
        recipients=int(found.get("recipients", len(to))),
        error=str(found.get("error", "")),
        subject=str(found.get("subject", "")),
        text=whole.text or str(found.get("text", "")),
        html=whole.html,
    )
