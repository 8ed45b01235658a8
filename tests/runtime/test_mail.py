"""What WordPress and its plugins send: to a mail server, to SES, or nowhere."""

import base64
import email
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest

from fleet.operations.live.mail_text import parts_of
from tests.runtime.conftest import MakeSite
from tests.runtime.stage.aws import Answer, StandIn, verified
from tests.runtime.stage.mail_server import MailServer
from tests.runtime.stage.outbox import HELLO, MAIL_FROM, SCRATCH, Outbox, outbox, with_form
from tests.runtime.stage.site import StagedSite

pytestmark = pytest.mark.usefixtures("calm_mail")


def raw(ses: StandIn, number: int = -1) -> EmailMessage:
    content = base64.b64decode(ses.received[number].json["Content"]["Raw"]["Data"])
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_goes_out_over_tls_from_the_site_s_address(
    by_smtp: Outbox, mails: MailServer
) -> None:
    assert by_smtp.send(HELLO)["sent"] == [True]
    (mail,) = mails.mails
    assert mail.encrypted
    assert (mail.sender, mail.recipients) == (MAIL_FROM, ["you@example.net"])
    assert mail.message["From"] == f"{by_smtp.site.title} <{MAIL_FROM}>"
    assert mail.message["Reply-To"] == by_smtp.site.task.values("init")["FLEET_ADMIN_EMAIL"]
    assert mail.message.get_content().strip() == "Text"
    by_smtp.heard("sent")


@pytest.mark.parametrize("way", ["by_smtp", "by_ses"])
def test_html_unicode_attachments_and_ten_megabytes(
    way: str, mails: MailServer, ses: StandIn, request: pytest.FixtureRequest
) -> None:
    outbox: Outbox = request.getfixturevalue(way)
    mail = {
        "to": ["Üte <ute@example.net>", "two@example.net"],
        "subject": "Grüße ☃ " + "lang " * 40,
        "message": "<p>Grüße</p>\r\n.\r\n<p>after a dot</p>",
        "headers": [
            "Content-Type: text/html; charset=UTF-8",
            "Cc: cc@example.net",
            "Bcc: b@example.net",
        ],
        "attachments": {"bill ü.pdf": f"{SCRATCH}/large", "small.txt": f"{SCRATCH}/small"},
    }
    assert outbox.send(mail, files={"large": 10_000_000, "small": 3})["sent"] == [True]
    if way == "by_smtp":
        (got,) = mails.mails
        message, recipients = got.message, got.recipients
    else:
        (call,) = ses.received
        message, recipients = raw(ses), call.json["Destination"]["ToAddresses"]
    names = ("ute", "two", "cc", "b")
    assert recipients == [f"{name}@example.net" for name in names]
    assert message["Subject"] == mail["subject"].strip()
    assert message["Bcc"] is None
    html = message.get_body(("html",))
    assert html is not None
    assert "<p>after a dot</p>" in html.get_content()
    large, small = message.iter_attachments()
    assert large.get_filename() == "bill ü.pdf"
    assert large.get_content() == b"x" * 10_000_000 or large.get_content() == "x" * 10_000_000
    assert small.get_filename() == "small.txt"


EVIL = "x\r\nBcc: evil@example.net\r\nX-SES-CONFIGURATION-SET: theirs\r\n\r\nbody"


@pytest.mark.parametrize(
    "mail",
    [
        {"subject": EVIL},
        {"to": f"you@example.net{EVIL}"},
        {"headers": [f"Reply-To: you@example.net{EVIL}"]},
        {"headers": [f"From: Name{EVIL} <you@example.net>"]},
        {"headers": [f"X-Thing: {EVIL}"]},
        {"headers": {"X-SES-SOURCE-ARN": "arn:aws:ses:x", "a": "Sender: other@client.example"}},
        {
            "headers": [
                "X-SES-TENANT: other",
                "Sender: other@example.org",
                "Return-Path: o@x.example",
            ]
        },
    ],
)
def test_hostile_headers_reach_nobody_else(
    by_ses: Outbox, ses: StandIn, mail: dict[str, Any]
) -> None:
    by_ses.send({**HELLO, **mail})
    for number, request in enumerate(ses.received):
        to = request.json["Destination"]["ToAddresses"]
        assert set(to) <= {"you@example.net"}
        message = raw(ses, number)
        for name in ("Bcc", "X-SES-CONFIGURATION-SET", "X-SES-TENANT", "Sender", "Return-Path"):
            assert message[name] is None
        assert message["From"].addresses[0].domain == "client.example"


def test_ses_gets_a_signed_call_with_set_and_tenant(by_ses: Outbox, ses: StandIn) -> None:
    order = {**HELLO, "headers": ["From: Orders <orders@client.example>"]}
    assert by_ses.send(order)["sent"] == [True]
    (request,) = ses.received
    verified(request, "ses", ses.url)
    assert (request.method, request.path) == ("POST", "/v2/email/outbound-emails")
    sent = request.json
    assert sent["FromEmailAddress"] == "orders@client.example"
    assert (sent["ConfigurationSetName"], sent["TenantName"]) == ("dev", "dev-shop")
    assert sent["EmailTags"] == [{"Name": "site", "Value": by_ses.site.name}]
    assert raw(ses)["From"] == "Orders <orders@client.example>"
    assert raw(ses).get_content().strip() == "Text"


def test_a_visitor_s_address_becomes_the_answer_s(by_ses: Outbox, ses: StandIn) -> None:
    by_ses.send({**HELLO, "headers": ["From: Vic Visitor <vic@gmail.example>"]})
    assert raw(ses)["From"] == "Vic Visitor <shop@client.example>"
    assert raw(ses)["Reply-To"] == "vic@gmail.example"
    # An address for a name would say the opposite of what is true.
    by_ses.send({**HELLO, "headers": ['From: "vic@gmail.example" <vic@gmail.example>']})
    assert raw(ses)["From"] == "shop@client.example"
    by_ses.send({**HELLO, "headers": ["From: v@x.example", "Reply-To: r@x.example"]})
    assert raw(ses).get_all("Reply-To") == ["r@x.example"]


def test_more_recipients_than_a_call_takes(by_ses: Outbox, ses: StandIn) -> None:
    by_ses.send({**HELLO, "to": [f"n{number}@example.net" for number in range(120)]})
    counts = [len(request.json["Destination"]["ToAddresses"]) for request in ses.received]
    assert counts == [50, 50, 20]


def test_until_the_domain_is_verified_the_environment_s_address_sends(
    by_ses: Outbox, ses: StandIn
) -> None:
    said = "Email address is not verified. The following identities failed the check"
    ses.answer = Answer(400, {"message": said}, {"x-amzn-ErrorType": "MessageRejected"})
    # The stand-in refuses both; that it was asked twice, and how, is what counts.
    answer = by_ses.send(HELLO)
    assert answer["sent"] == [False]
    assert "not verified" in answer["failed"]
    first, second = (raw(ses, number) for number in (0, 1))
    assert first["From"].addresses[0].addr_spec == "shop@client.example"
    assert second["From"].addresses[0].addr_spec == MAIL_FROM
    assert second["Reply-To"] == "shop@client.example"
    ses.answer = Answer()
    assert by_ses.send(HELLO)["sent"] == [True]
    assert len(ses.received) == 3  # the first way is left alone for some minutes


@pytest.mark.parametrize("way", ["by_smtp", "by_ses"])
def test_php_s_own_mail_goes_the_same_way(
    way: str, mails: MailServer, ses: StandIn, request: pytest.FixtureRequest
) -> None:
    outbox: Outbox = request.getfixturevalue(way)
    mail = ["you@example.net", "Hello", "Text", "From: Vic <vic@x.example>\r\nBcc: b@example.net"]
    assert outbox.send(mail, by="php")["sent"] == [True]  # type: ignore[arg-type]
    if way == "by_smtp":
        (got,) = mails.mails
        assert (got.sender, got.recipients) == (MAIL_FROM, ["you@example.net", "b@example.net"])
        message = got.message
    else:
        message = raw(ses)
        assert ses.received[0].json["Destination"]["ToAddresses"][1] == "b@example.net"
    assert message["Reply-To"] == "vic@x.example"
    assert message["Bcc"] is None
    assert message["Date"]


def test_a_plugin_s_own_server_is_left_alone(by_smtp: Outbox, mails: MailServer) -> None:
    port = mails.port
    smtp = [mails.environment["FLEET_MAIL_HOST"], port]
    mail = {**HELLO, "headers": ["From: own@plugin.example"]}
    assert by_smtp.send(mail, smtp=smtp)["sent"] == [True]
    assert mails.mails[0].sender == "own@plugin.example"


def test_a_sink_shows_mails_and_sends_none(mail_site: StagedSite) -> None:
    shown = outbox(mail_site, {"FLEET_MAIL": "log"})
    html = f"<p>{'Ä' * 10_000}</p>"
    mail = {**HELLO, "subject": "Grüße", "message": html, "headers": ["Content-Type: text/html"]}
    assert shown.send(mail)["sent"] == [True]
    line = shown.heard("shown")
    assert (line["to"], line["from"]) == (["you@example.net"], MAIL_FROM)
    assert (line["subject"], line["text"]) == ("Grüße", html[:1001])
    (*parts, _) = shown.lines()
    assert parts_of([each["data"] for each in parts]).html.strip() == html
    assert {each["id"] for each in parts} == {line["id"]}


def test_without_mail_the_reason_is_told(make_site: MakeSite) -> None:
    site = make_site()
    site.init()
    off = outbox(with_form(site), {})
    answer = off.send(HELLO)
    assert answer["sent"] == [False]
    assert "docs/mail.md" in answer["failed"]
    off.heard("refused")


def test_a_trial_goes_the_site_s_way(by_smtp: Outbox, mails: MailServer) -> None:
    done = by_smtp.replica.container.execute("fleet-mail", "you@example.net")
    assert done.returncode == 0, done.stderr
    (mail,) = mails.mails
    assert (mail.sender, mail.recipients) == (MAIL_FROM, ["you@example.net"])
    assert by_smtp.site.title in str(mail.message["Subject"])
    assert by_smtp.replica.container.execute("fleet-mail", "nobody").returncode == 64
