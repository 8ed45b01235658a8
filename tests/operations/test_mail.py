"""`site_mail`, `sending` and `fleet mail` against an account on loopback."""

import base64
import io
import json
import re
import threading
from dataclasses import replace
from datetime import timedelta

import boto3
import httpx
import pytest
from rich.console import Console

from fleet.cli.page_server import Loopback
from fleet.cli.views import mail as view
from fleet.cli.views.mail_page import POLICY, mail_page
from fleet.cli.views.status_tables import stacks_view
from fleet.operations.declared import Declared
from fleet.operations.live.mail import Sending, sending, site_mail
from fleet.operations.live.mail_account import MailAccount
from fleet.operations.live.mail_text import MailText, parts_of
from fleet.operations.live.status import fleet_status
from fleet.settings.mail import MailSettings
from tests.operations.test_logs import write


def line(what: str, **more: object) -> str:
    usual = {"mail": what, "from": "blog@mail.example.com", "to": ["a@x.example"]}
    return json.dumps({**usual, **more})


def test_mails_since_then_and_nothing_else(aws: boto3.Session, prod: Declared) -> None:
    shown = line("shown", subject="Hi\u001b[2J", text="Text")
    write(aws, "docs", (50, "another line"), (40, line("sent")), (30, shown), (20, '{"mail": 3'))
    write(aws, "docs", (10, line("lost", error="HTTP 400", recipients=30)))
    found = list(site_mail(prod, "docs", since=timedelta(minutes=5), session=aws))
    assert [each.what for each in found] == ["sent", "shown", "lost"]
    assert (found[2].error, found[2].recipients) == ("HTTP 400", 30)
    out = Console(file=io.StringIO(), width=80)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view, "OUT", out)
        view.print_mail(Sending(way="log"), found)
    said = out.file.getvalue()  # type: ignore[attr-defined]
    assert "sent a@x.example from blog@mail.example.com" in said
    assert "a@x.example and 29 more from blog@mail.example.com: HTTP 400" in said
    assert "Hi\\x1b[2J" in said


def test_a_page_of_mails_is_text_whatever_a_visitor_wrote(
    aws: boto3.Session, prod: Declared
) -> None:
    text = "<script>alert(1)</script> {time}"
    write(aws, "docs", (30, line("shown", subject="<b>Hi</b>", text=text, to=["<i>@x.example"])))
    found = site_mail(prod, "docs", since=timedelta(minutes=5), session=aws)
    shown = mail_page("docs", found)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {time}" in shown
    assert not {"<script", "<b>", "<i>"} & set(re.findall(r"<[a-z]+>?", shown))
    assert "There are none" in mail_page("docs", [])


HTML_MAIL = """\
Subject: Hi
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=none-of-these

Plain
--b
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p style="color: red">Gr=FC=DFe"</p><script>alert(1)</script>
--b--
"""


def pieces(mail: str, size: int = 100) -> list[str]:
    """The lines of a mail's parts, as the image writes them."""
    kept = base64.b64encode(mail.encode()).decode()
    cut = [kept[begin : begin + size] for begin in range(0, len(kept), size)]
    return [
        json.dumps({"mail": "part", "id": "m", "part": number, "data": data}, separators=(",", ":"))
        for number, data in enumerate(cut)
    ]


def test_a_mail_s_html_is_a_frame_that_may_do_nothing(aws: boto3.Session, prod: Declared) -> None:
    lines = [*pieces(HTML_MAIL), line("shown", id="m", subject="Hi", text="--b")]
    write(aws, "docs", *((30, each) for each in lines))
    mails = site_mail(prod, "docs", since=timedelta(minutes=5), session=aws)
    (found,) = [each for each in mails if each.html]
    assert found.text == "Plain"
    assert found.html.startswith('<p style="color: red">Grüße"</p>')
    shown = mail_page("docs", [found])
    assert shown.count("<iframe sandbox srcdoc=") == 1
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    # What came of a mail that was cut off, and of one that is none.
    assert parts_of(["!"]) == MailText()
    assert parts_of([base64.b64encode(HTML_MAIL[:-30].encode()).decode()]).html.startswith("<p")


def test_pages_are_for_this_machine_s_own_name_alone() -> None:
    server = Loopback(0, "mail.localhost", {"/": "page"}.get, POLICY)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def asked(path: str = "/", host: str = "", method: str = "GET") -> httpx.Response:
        own = {"Host": host or f"mail.localhost:{server.server_port}"}
        return httpx.request(method, f"http://127.0.0.1:{server.server_port}{path}", headers=own)

    try:
        answer = asked()
        assert answer.text == "page"
        assert answer.headers["content-security-policy"] == POLICY
        assert asked(method="HEAD").headers["content-length"] == "4"
        assert asked("/else").status_code == httpx.codes.NOT_FOUND
        # By a name that its owner leads here.
        assert asked(host="evil.example").status_code == httpx.codes.MISDIRECTED_REQUEST
        assert asked(method="POST").status_code == httpx.codes.NOT_IMPLEMENTED
    finally:
        server.shutdown()
        server.server_close()


def test_ses_says_what_keeps_mails_from_being_sent(aws: boto3.Session, prod: Declared) -> None:
    settings = prod.settings.model_copy(update={"mail": MailSettings(domain="mail.example.com")})
    by_ses = replace(prod, settings=settings)
    before = sending(by_ses, "blog", session=aws)
    assert before.way == "ses"
    assert before.domains == (("mail.example.com", False),)
    aws.client("sesv2").create_email_identity(EmailIdentity="mail.example.com")  # type: ignore[call-overload]
    assert sending(by_ses, "blog", session=aws).domains[0][0] == "mail.example.com"
    assert sending(prod, "blog", session=aws) == Sending(way="off")


def test_the_status_of_the_fleet_tells_of_the_account(aws: boto3.Session, prod: Declared) -> None:
    settings = prod.settings.model_copy(update={"mail": MailSettings(domain="mail.example.com")})
    (stack, _) = fleet_status(replace(prod, settings=settings), session=aws)
    assert stack.mail == sending(replace(prod, settings=settings), "blog", session=aws).account
    sandbox = replace(stack, mail=MailAccount(sandbox=True, a_day=200))
    out = Console(file=io.StringIO(), width=200)
    for part in stacks_view([sandbox]):
        out.print(part)
    assert "mail: SES is in its sandbox: 200 mails a day" in out.file.getvalue()  # type: ignore[attr-defined]
    (plain, _) = fleet_status(prod, session=aws)
    assert plain.mail is None


def test_the_sandbox_is_told_with_what_to_do() -> None:
    account = MailAccount(sandbox=True, a_day=200)
    told = Sending(way="ses", account=account, domains=(("mail.example.com", False),))
    out = Console(file=io.StringIO(), width=80)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view, "OUT", out)
        view.print_mail(told, [])
    said = " ".join(out.file.getvalue().split())  # type: ignore[attr-defined]
    assert "sandbox: 200 mails a day" in said
    assert "ask AWS for production access" in said
    assert "mail.example.com isn't verified" in said
